import { describe, expect, test } from "bun:test"
import { lineOf, plus, remembered, tokensFor } from "@infernet/payment/bill/Line"
import { Lines, limits } from "@infernet/payment/bill/Lines"

const lineThrough = (points: ReadonlyArray<readonly [bytes: bigint, tokens: bigint]>) =>
  points.flatMap(([bytes, tokens]) => lineOf(bytes, tokens) ?? []).reduce(plus)

const name = (operator: string) => ({ model: "m", kind: "completion" as const, operator })

/** Four bytes a token and a preamble of twelve, told times over as much. */
const counting = (percent: bigint) =>
  lineThrough([100n, 400n, 2_000n, 8_000n].map((bytes) => [bytes, ((bytes / 4n + 12n) * percent) / 100n] as const))

const lines = (told: Record<string, bigint>) => {
  const all = new Lines()
  for (const [operator, percent] of Object.entries(told)) all.set(name(operator), counting(percent))
  return (operator: string) => all.expected(name(operator), 4_000n)
}

describe("a line", () => {
  test("finds a preamble and the bytes of a token, for texts that it has not seen", () => {
    expect(tokensFor(counting(100n), 4_000n)).toBe(1_012n)
    expect(tokensFor(counting(100n), 40n)).toBe(22n)
  })

  test("keeps to the ratio where all texts were of one length", () => {
    const line = lineThrough([
      [1_000n, 260n],
      [1_010n, 240n]
    ])
    expect(tokensFor(line, 100n)).toBe(25n)
    expect(tokensFor(line, 10_000n)).toBe(2_488n)
  })

  test("says nothing of less text than a judgement can rest on", () => {
    expect(lineOf(0n, 5n)).toBeUndefined()
    expect(lineOf(5n, 0n)).toBeUndefined()
    expect(tokensFor(lineThrough([[255n, 60n]]), 100n)).toBeUndefined()
    expect(tokensFor(lineThrough([[256n, 64n]]), 100n)).toBe(25n)
  })

  test("is not bent by one endless text, nor grown by an endless count", () => {
    const ordinary = Array.from({ length: 50 }, (_, i) => [BigInt(400 + i * 100), BigInt(100 + i * 25)] as const)
    const bent = lineThrough([...ordinary, [20_000_000n, 20_000_000n]])
    expect(tokensFor(bent, 4_000n)).toBeLessThan(2_500n)
    expect(lineOf(100n, 2n ** 53n)?.tokens).toBe(1_048_576n)
  })

  test("forgets half of what was, so that its sums stay small", () => {
    const one = lineOf(65_536n, 16_384n)
    if (one === undefined) throw new Error("it is a job")
    let line = one
    for (let i = 0; i < 20_000; i++) line = plus(line, one)
    expect(line.jobs).toBeLessThan(remembered)
    expect(line.bytesSquared).toBeLessThan(2n ** 53n)
    expect(tokensFor(line, 4_000n)).toBe(1_000n)
  })
})

describe("what an operator may be expected to count", () => {
  test("is the middle of what the others would have", () => {
    const expected = lines({ a: 90n, b: 100n, c: 150n, liar: 150n })
    expect(expected("liar")).toEqual({ tokens: 1_012n, byOthers: true })
    expect(expected("newcomer")?.byOthers).toBe(true)
    expect(lines({ a: 100n, b: 100n, liar: 150n })("a")?.tokens).toBeGreaterThanOrEqual(1_012n)
  })

  test("is moved by no number of jobs and nodes of one operator", () => {
    const all = new Lines()
    for (const operator of ["a", "b", "c"]) all.set(name(operator), counting(100n))
    for (let i = 0; i < 1_000; i++) all.add(name("liar"), counting(300n))
    expect(all.expected(name("d"), 4_000n)?.tokens).toBe(1_012n)
  })

  test("is its own word where there is no other, and says so", () => {
    expect(lines({ liar: 150n })("liar")).toEqual({ tokens: 1_518n, byOthers: false })
    expect(lines({})("liar")).toBeUndefined()
  })

  test("is remembered of so many operators and models, those heard of last", () => {
    const all = new Lines()
    for (let i = 0; i <= limits.operators; i++) all.add(name(`o${i}`), counting(100n))
    expect(all.of(name("o0"))).toBeUndefined()
    expect(all.of(name("o1"))).toBeDefined()
    for (let i = 0; i < limits.models * 3; i++) all.add({ ...name("o"), model: `${i}` }, counting(100n))
    expect(all.of(name("o1"))).toBeUndefined()
    expect(all.of({ ...name("o"), model: "0" })).toBeDefined()
  })
})
