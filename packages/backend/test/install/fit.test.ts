import { expect, test } from "bun:test"
import { parametersOf, weightsOf } from "../../src/install/estimate.ts"
import { fit, needOfName, type Room } from "../../src/install/fit.ts"
import { library } from "../../src/install/library.ts"
import { recommend, tierOf } from "../../src/install/recommend.ts"

const gib = 2 ** 30
const room = (gpu: number, memory: number, disk?: number): Room => ({
  gpuBytes: gpu * gib,
  memoryBytes: memory * gib,
  diskFreeBytes: disk === undefined ? undefined : disk * gib
})

test("reads sizes out of names", () => {
  const table: ReadonlyArray<readonly [string, number | undefined]> = [
    ["qwen3:4b", 4e9],
    ["qwen2.5:0.5b-instruct", 0.5e9],
    ["gemma3:270m", 270e6],
    ["qwen3:30b-a3b", 30e9],
    ["mixtral:8x7b", 56e9],
    ["bartowski/Llama-3.3-70B-Instruct-GGUF", 70e9],
    ["llama3.2", undefined],
    ["phi4", undefined],
    ["smollm2:135m-instruct-q8_0", 135e6]
  ]
  expect(table.map(([name]) => [name, parametersOf(name)])).toEqual(table.map((row) => [...row]))
})

test("takes 2, 1 and half a byte a parameter for 16, 8 and 4 bits", () => {
  const names = ["x:8b-instruct-fp16", "x:8b-bf16", "x:8b-q8_0", "x:8b-q4_K_M", "x:8b", "x:8b-q6_K", "x"]
  expect(names.map(weightsOf)).toEqual([16e9, 16e9, 8e9, 4e9, 4e9, 6e9, undefined])
})

for (const [name, modelBytes, there, expected] of [
  ["85 % of the GPU memory and not a byte more", 8.5 * gib, room(10, 4), "gpu"],
  ["more than that, where main memory holds it", 8.5 * gib + 1, room(10, 16), "cpu"],
  ["60 % of main memory", 9.6 * gib, room(0, 16), "cpu"],
  [
    "more than either",
    20 * gib,
    room(10, 16),
    "it needs 20.0 GiB of memory; this machine can give 85 % of 10.0 GiB GPU memory and 60 % of 16.0 GiB main memory"
  ],
  ["no GPU", 20 * gib, room(0, 16), "it needs 20.0 GiB of memory; this machine can give 60 % of 16.0 GiB main memory"],
  ["a disk with a gigabyte to spare", 8 * gib, room(24, 64, 9), "gpu"],
  [
    "a disk without",
    8 * gib,
    room(24, 64, 8.5),
    "it needs 8.0 GiB of disk, of which 7.5 GiB can be used, as 1.0 GiB stays free"
  ]
] as const) {
  test(`judges ${name}`, () => {
    const result = fit({ modelBytes, cacheBytes: 0, diskBytes: modelBytes }, there)
    expect(result.fits ? result.on : result.reason).toBe(expected)
  })
}

test("counts the cache, and nothing for a name that tells no size", () => {
  const need = needOfName("qwen2.5:7b")
  expect(need).toEqual({ modelBytes: 3.5e9, cacheBytes: gib, diskBytes: 3.5e9 })
  expect(needOfName("llama3.2")).toBeUndefined()
})

const names = (there: Room) => recommend(there).map(({ model, on }) => `${model.name} ${on}`)

test("recommends by tier, best first, and nothing that does not fit", () => {
  expect(names(room(0, 16))[0]).toBe("qwen2.5:1.5b cpu")
  expect(names(room(12, 32))[0]).toBe("qwen3:8b gpu")
  expect(names(room(24, 64))[0]).toBe("qwen3:14b gpu")
  expect(names(room(80, 128))[0]).toBe("qwen2.5:72b gpu")
  expect(names(room(0, 1))).toEqual(["qwen2.5:0.5b cpu"])
  expect(names(room(0, 0.5))).toEqual([])
  // What suits comes first; what merely fits comes after it, the smallest first.
  expect(names(room(0, 16)).slice(2, 5)).toEqual(["qwen2.5:0.5b cpu", "llama3.2:3b cpu", "gemma3:4b cpu"])
})

test("puts machines into their tiers as drivers report them", () => {
  const tiers = [0, 8 * gib, 7.6 * gib, 11.6 * gib, 23.5 * gib, 79.2 * gib, 6 * gib].map(tierOf)
  expect(tiers).toEqual(["cpu", ">=8gb", ">=8gb", ">=12gb", ">=24gb", ">=48gb", "cpu"])
})

test("knows each model once, and its size as its name says it", () => {
  expect(new Set(library.map(({ name }) => name)).size).toBe(library.length)
  for (const { name, parameters } of library) {
    expect(Math.abs((parametersOf(name) ?? 0) / parameters - 1)).toBeLessThan(0.25)
  }
})
