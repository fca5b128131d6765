import { expect, test } from "bun:test"
import { paint } from "../../src/tui/paint.ts"

const columns = 6

test("writes nothing when nothing changed, and only the lines that did", () => {
  expect(paint(["one", "two"], ["one", "two"], columns)).toBe("")
  const text = paint(["one", "two", "three"], ["one", "2", "three"], columns)
  expect(text).toBe("\u001b[?2026h\u001b[2;1H2\u001b[0m\u001b[K\u001b[?2026l")
})

test("erases lines that are no more, and all of a screen that is not known", () => {
  expect(paint(["one", "two"], ["one"], columns)).toContain("\u001b[2;1H\u001b[0m\u001b[K")
  const text = paint(undefined, ["one", ""], columns)
  expect(text).toContain("\u001b[1;1Hone")
  expect(text).toContain("\u001b[2;1H\u001b[0m\u001b[K")
})

test("does not erase the end of a full line, wide characters counted", () => {
  for (const full of ["abcdef", "日本語", "\u001b[32mabcdef\u001b[39m"]) {
    expect(paint([""], [full], columns)).not.toContain("\u001b[K")
  }
})
