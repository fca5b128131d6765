/** Vectors on the wire: what is sent arrives, whatever its size, and nothing else is taken for it. */
import { expect, test } from "bun:test"
import { limits } from "@infernet/contract/Link"
import { headerBytes } from "@infernet/contract/LinkRecord"
import * as Vectors from "@infernet/contract/Vectors"

const vectors = (count: number, dimensions: number) =>
  Array.from({ length: count }, (_, i) => Array.from({ length: dimensions }, (_, j) => Math.fround(Math.sin(i + j))))

const size = (records: ReadonlyArray<string>) => records.reduce((sum, { length }) => sum + length + headerBytes, 0)

for (const [count, dimensions] of [
  [1, 1],
  [3, 2],
  // Across records, of which none ends where a vector does.
  [5, 4_099],
  [1, 65_536],
  [2_048, 7]
] as const) {
  test(`${count} vectors of ${dimensions} numbers arrive as they were, in records that fit their credit`, () => {
    const sent = vectors(count, dimensions)
    const records = Vectors.encode(sent)
    expect(records.every(Vectors.isRecord)).toBe(true)
    expect(Math.max(...records.map(({ length }) => length + headerBytes))).toBeLessThan(limits.creditBytes / 2)
    const arrived = Vectors.decode(records, count)
    if (typeof arrived === "string") throw new Error(arrived)
    expect(arrived.map((vector) => [...vector])).toEqual(sent)
  })
}

test("the longest vector is within what one text may take, and the usual ones within what all may", () => {
  expect(size(Vectors.encode(vectors(1, 65_536)))).toBeLessThanOrEqual(limits.vectorBytesPerText)
  expect(size(Vectors.encode(vectors(2_048, 1_024)))).toBeLessThanOrEqual(limits.vectorBytesPerAttempt)
})

test("what are no vectors is told from them", () => {
  for (const text of ["", "AAAA", "AAAAA", "AAAA AAA", "AAAAAAA=A", "ÄÄÄÄÄÄÄÄ"]) {
    expect(Vectors.isRecord(text), text).toBe(false)
  }
  expect(Vectors.decode([], 1)).toContain("0 bytes of vectors for 1 texts")
  expect(Vectors.decode(Vectors.encode([[1, 2, 3]]), 2)).toContain("12 bytes of vectors for 2 texts")
  expect(Vectors.decode(["AAAAAAA="], 1)).toContain("5 bytes")
  expect(Vectors.decode(Vectors.encode([[1, Number.NaN]]), 1)).toContain("finite")
  // Too large for float32.
  expect(Vectors.decode(Vectors.encode([[1e300]]), 1)).toContain("finite")
})
