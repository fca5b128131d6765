/** Changes to a JSON body that no client means, and some means ill. */
import type { Dice } from "./Dice.ts"

const nested = (depth: number): unknown => Array.from({ length: depth }).reduce<unknown>((inner) => [inner], "deep")

/** Values that a field was not made for. */
const odd: ReadonlyArray<unknown> = [
  null,
  true,
  0,
  -1,
  -0,
  0.5,
  1e308,
  2 ** 53,
  -(2 ** 63),
  "",
  " ",
  "NaN",
  "Infinity",
  "null",
  "0x10",
  "1e999",
  "\u0000",
  "a\u0000b\u0007\u001b[31m",
  "\ud800",
  "\udfff\ud800",
  "\ufeff\u202e\u2028",
  "👩‍👩‍👧‍👦 é é ﷽",
  "../../etc/passwd",
  "' or 1=1; drop table job; --",
  "{{constructor.constructor('return 1')()}}",
  "x".repeat(70_000),
  "data:image/png;base64,",
  [],
  {},
  [[]],
  [null],
  { type: "object", properties: { a: { $ref: "#" } } },
  nested(40),
  nested(80),
  Array.from({ length: 5_000 }, (_, i) => i),
  Object.fromEntries(Array.from({ length: 300 }, (_, i) => [`key${i}`, i]))
]

/** Names that mean something to JavaScript, and are nothing but names in JSON. */
const loaded = [
  "__proto__",
  "constructor",
  "prototype",
  "toString",
  "then",
  "_tag",
  "hasOwnProperty",
  "",
  "\u0000",
  "1"
]

type Path = ReadonlyArray<string>

const placesIn = (value: unknown, path: Path = []): ReadonlyArray<Path> =>
  typeof value === "object" && value !== null
    ? [path, ...Object.entries(value).flatMap(([key, inner]) => placesIn(inner, [...path, key]))]
    : [path]

/** A member as JSON has it, whatever its name: an object would take `__proto__` for something else. */
class Members {
  readonly list: ReadonlyArray<readonly [string, unknown]>
  constructor(list: ReadonlyArray<readonly [string, unknown]>) {
    this.list = list
  }
}

const membersOf = (value: object): Members => (value instanceof Members ? value : new Members(Object.entries(value)))

/** JSON with members that come twice, in their order. */
export const write = (value: unknown): string => {
  if (value instanceof Members) {
    return `{${value.list.map(([key, inner]) => `${JSON.stringify(key)}:${write(inner)}`).join(",")}}`
  }
  if (Array.isArray(value)) return `[${value.map(write).join(",")}]`
  if (typeof value === "object" && value !== null) return write(membersOf(value))
  return JSON.stringify(value) ?? "null"
}

const changed = (whole: unknown, [key, ...rest]: Path, change: (value: unknown) => unknown): unknown => {
  if (key === undefined) return change(whole)
  if (Array.isArray(whole)) return whole.map((inner, i) => (String(i) === key ? changed(inner, rest, change) : inner))
  if (typeof whole !== "object" || whole === null) return whole
  return new Members(
    membersOf(whole).list.map(([name, inner]) => [name, name === key ? changed(inner, rest, change) : inner])
  )
}

const isMembers = (value: unknown): value is object =>
  typeof value === "object" && value !== null && !Array.isArray(value)

const alterations: ReadonlyArray<(value: unknown, dice: Dice) => unknown> = [
  (_, dice) => dice.one(odd),
  (_, dice) => dice.one(odd),
  (value, dice) => {
    if (!isMembers(value)) return dice.one(odd)
    const { list } = membersOf(value)
    const gone = dice.below(list.length + 1)
    return new Members(list.filter((_, i) => i !== gone))
  },
  (value, dice) =>
    isMembers(value) ? new Members([...membersOf(value).list, [dice.one(loaded), dice.one(odd)]]) : [value],
  (value, dice) => {
    if (!isMembers(value)) return dice.one(odd)
    const { list } = membersOf(value)
    return list.length === 0 ? value : new Members([...list, [dice.one(list)[0], dice.one(odd)]])
  },
  (value, dice) =>
    Array.isArray(value) ? Array.from({ length: 2 ** dice.below(12) }, () => value).flat() : [value, value]
]

/** The body with one to three changes. */
export const mutated = (body: unknown, dice: Dice): unknown => {
  let value = body
  for (let left = 1 + dice.below(3); left > 0; left--) {
    const place = dice.one(placesIn(body))
    value = changed(value, place, (inner) => dice.one(alterations)(inner, dice))
  }
  return value
}

/** Texts that are no JSON, or hardly. */
export const texts: ReadonlyArray<string> = [
  "",
  "{",
  "null",
  "1e999",
  '"\\ud800"',
  "[".repeat(20_000),
  '{"a":'.repeat(20_000),
  "{}{}",
  "\ufeff{}",
  "NaN",
  "{'model': 1}",
  '{"model":"\u0000"}',
  "a=b&c=d"
]
