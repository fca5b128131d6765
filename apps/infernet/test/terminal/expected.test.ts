import { expect, test } from "bun:test"
import { inWords } from "../../src/terminal/expected.ts"
import { nearest } from "../../src/terminal/nearest.ts"

test("says what was expected without naming types", () => {
  expect(inWords("A: expected a string representing a finite number")).toBe("A: expected a number")
  expect(inWords('"x": expected "node" | "control-plane"')).toBe('"x": expected one of node, control-plane')
  expect(inWords('Expected "true" | "yes" | "on" | "1" | "y" | "false" | "no" | "off" | "0" | "n"')).toBe(
    "Expected true or false"
  )
  expect(inWords('no model is called "a"')).toBe('no model is called "a"')
})

test("knows what a slip of the hand meant: a letter too many, too few, another, or two swapped", () => {
  const names = ["port", "host", "status", "node", "control_plane"]
  const slips = ["prot", "statsu", "nodes", "contol_plane", "hosd"]
  expect(slips.map((slip) => nearest(slip, names))).toEqual(["port", "status", "node", "control_plane", "host"])
  expect(nearest("hi", names)).toBeUndefined()
})
