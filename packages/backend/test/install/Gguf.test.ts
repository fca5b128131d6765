import { expect, test } from "bun:test"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { it } from "@infernet/testing/harness"
import { Effect, FileSystem, Layer } from "effect"
import { quantizationIn } from "../../src/install/fileTypes.ts"
import * as Gguf from "../../src/install/Gguf.ts"
import { NotGguf, Truncated } from "../../src/install/ggufReader.ts"

const demo = new URL("../../assets/tiny-demo-q8_0.gguf", import.meta.url)
const demoBytes = async () => new Uint8Array(await Bun.file(demo).arrayBuffer())

/** The outcome of reading a file of these bytes. */
const reading = Effect.fnUntraced(function* (bytes: Uint8Array) {
  const fs = yield* FileSystem.FileSystem.pipe(Effect.provide(NodeServices.layer))
  const path = `${yield* fs.makeTempDirectoryScoped()}/x.gguf`
  yield* fs.writeFile(path, bytes)
  return yield* Effect.flip(Gguf.read(fs, path))
})

it("reads what the demo model says of itself", () =>
  Effect.gen(function* () {
    const context = yield* Layer.build(NodeServices.layer)
    const fs = yield* FileSystem.FileSystem.pipe(Effect.provideContext(context))
    expect(yield* Gguf.read(fs, Bun.fileURLToPath(demo))).toEqual({
      architecture: "llama",
      name: "tiny-demo",
      quantization: "Q8_0",
      contextLength: 2048,
      parameters: 2_164_416,
      // 4 layers, 3 heads of 64, keys and values, 2 bytes each.
      cacheBytesPerToken: 4 * 3 * 64 * 2 * 2,
      embeds: false,
      thinks: false,
      bytesAtLeast: expect.any(Number)
    })
  }))

it("refuses a page, an empty file, and a file that is cut short", () =>
  Effect.gen(function* () {
    const whole = yield* Effect.promise(demoBytes)
    const page = new TextEncoder().encode("<!doctype html><title>Sign in</title>")
    for (const [bytes, why] of [
      [page, "it does not begin with GGUF"],
      [new Uint8Array(), "it is cut short"],
      [whole.subarray(0, 5000), "it is cut short"],
      [whole.subarray(0, 1_500_000), "it is cut short"]
    ] as const) {
      const error = yield* reading(bytes)
      expect([error.reason, error.message]).toEqual([
        "failed",
        `the file is no GGUF file that can be used (${why}): check what was downloaded, or choose another file`
      ])
    }
  }))

test("ends with a word on every header that is cut or bent anywhere", async () => {
  const header = (await demoBytes()).subarray(0, 40_000)
  for (let length = 0; length < 600; length++) {
    expect(() => Gguf.parse(header.subarray(0, length))).toThrow(Truncated)
  }
  // Counts and lengths that claim more than there can be.
  for (const at of [8, 16, 24]) {
    const bent = header.slice()
    new DataView(bent.buffer).setBigUint64(at, 2n ** 63n, true)
    expect(() => Gguf.parse(bent)).toThrow(NotGguf)
  }
  const newer = header.slice()
  newer[4] = 9
  expect(() => Gguf.parse(newer)).toThrow("version 9")
})

const found = (name: string) => quantizationIn(name) ?? "none"

test("finds the quantisation in names as people write them", () => {
  expect(
    [
      "Qwen3-4B-Q4_K_M.gguf",
      "qwen2.5-7b-instruct-q4_k_m-00001-of-00002.gguf",
      "phi-4-IQ4_XS.gguf",
      "x.Q5_0.gguf",
      "gemma-3-270m-it-F16.gguf",
      "qwen3:4b-q8_0",
      "Qwen3-4B.gguf",
      "qwen3:4b"
    ].map(found)
  ).toEqual(["Q4_K_M", "Q4_K_M", "IQ4_XS", "Q5_0", "F16", "Q8_0", "none", "none"])
})
