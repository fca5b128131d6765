import { expect, test } from "bun:test"
import { firstSlip, place } from "../../src/settings/jsonPlace.ts"

const sample = `{
  "port": 8080, "host": "a \\"quoted\\" \\u00e9\\n name",
  "list": ["x", [], {}, -1.5e3, true, null], "empty": {}
}`

const parses = (text: string): boolean => {
  try {
    JSON.parse(text)
    return true
  } catch {
    return false
  }
}

test("finds a slip where the parser refuses, and none where it does not", () => {
  const texts = [sample, ...[..."[]{}"].map((sign) => `${sample}${sign}`)]
  for (let at = 0; at < sample.length; at++) {
    texts.push(sample.slice(0, at), sample.slice(0, at) + sample.slice(at + 1))
    for (const sign of ',:"x1}]') texts.push(sample.slice(0, at) + sign + sample.slice(at))
  }
  for (const text of texts)
    expect({ text, parses: firstSlip(text) === undefined }).toEqual({ text, parses: parses(text) })
})

const told = (text: string) => {
  const slip = firstSlip(text)
  return slip && `${place(text, slip.offset)}: ${slip.expected}`
}

test("tells the line and what should stand there", () => {
  expect(told('{\n  "a": 1,\n}')).toBe("line 3, column 1: a name in double quotes")
  expect(told('{"a" 1}')).toBe('line 1, column 6: ":"')
  expect(told('{"a": }')).toBe("line 1, column 7: a value")
  expect(told("{'a': 1}")).toBe("line 1, column 2: a name in double quotes")
  expect(told('["a" "b"]')).toBe('line 1, column 6: "," or "]"')
  expect(told("")).toBe("line 1, column 1: a value")
  expect(told("{} {}")).toBe("line 1, column 4: the end of the file")
})
