import { expect } from "bun:test"
import type { CommandProgress } from "@infernet/contract/Command"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, FileSystem, Layer } from "effect"
import { HardwareReadings } from "../../src/Hardware.ts"
import { Download } from "../../src/install/Download.ts"
import * as Folder from "../../src/install/Folder.ts"
import { HuggingFace } from "../../src/install/HuggingFace.ts"
import { ModelFiles } from "../../src/install/ModelFiles.ts"
import { hardware } from "../surroundings.ts"
import { file, hub, sha256 } from "./hub.ts"

const demoPath = Bun.fileURLToPath(new URL("../../assets/tiny-demo-q8_0.gguf", import.meta.url))

const from = (repository: string, path: string, sum?: string): Folder.FileSource => ({
  _tag: "HuggingFace",
  repository,
  file: path,
  sha256: sum
})

const world = Effect.fnUntraced(function* (memoryBytes = hardware.memory_total_bytes) {
  const server = yield* hub
  const services = yield* Layer.build(NodeServices.layer)
  const fs = yield* FileSystem.FileSystem.pipe(Effect.provideContext(services))
  const directory = yield* fs.makeTempDirectoryScoped()
  const deps = Layer.mergeAll(
    ModelFiles.at(directory),
    Download.layerWith({ stall: "1 second", tries: 1 }),
    HuggingFace.layer,
    HardwareReadings.layerTest({ ...hardware, memory_total_bytes: memoryBytes })
  ).pipe(
    Layer.provideMerge(Layer.succeedContext(services)),
    Layer.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ HF_ENDPOINT: server.origin })))
  )
  const context = yield* Layer.build(deps)
  const install = yield* Folder.make.pipe(Effect.provideContext(context))
  const files = yield* ModelFiles.pipe(Effect.provideContext(context))

  const demo = new Uint8Array(yield* Effect.promise(() => Bun.file(demoPath).arrayBuffer()))
  const publish = (repository: string, path: string, bytes: Uint8Array<ArrayBuffer>, said = sha256(bytes)) => {
    const entry = { type: "file", path, size: bytes.length, lfs: { oid: said, size: bytes.length } }
    server.answers.set(`/api/models/${repository}/tree/main`, () => Response.json([entry]))
    server.answers.set(`/${repository}/resolve/main/${path}`, file(bytes))
  }
  const phases: Array<CommandProgress["phase"]> = []
  const bring = (source: Folder.FileSource, maxBytes?: number) =>
    install(source, maxBytes, ({ phase }) => {
      if (phases.at(-1) !== phase) phases.push(phase)
    })
  const entries = Effect.map(fs.readDirectory(directory), (names) => names.toSorted())
  return { ...server, fs, directory, files, demo, publish, phases, bring, entries }
})

it.live("installs a file from Hugging Face, checked by the checksum that is known there", () =>
  Effect.gen(function* () {
    const { asked, bring, demo, files, phases, publish } = yield* world()
    publish("org/demo", "sub/tiny-demo-Q8_0.gguf", demo)
    expect(yield* bring(from("org/demo", "sub/tiny-demo-Q8_0.gguf"))).toBe("tiny-demo-Q8_0")
    expect(phases).toEqual(["checking", "downloading", "verifying"])
    const [model] = yield* files.list
    expect(model?.manifest).toMatchObject({
      source: "org/demo/sub/tiny-demo-Q8_0.gguf",
      sha256: sha256(demo),
      bytes: demo.length,
      quantization: "Q8_0"
    })
    // What is there is not fetched again.
    const before = asked.length
    yield* bring(from("org/demo", "sub/tiny-demo-Q8_0.gguf", sha256(demo)))
    expect(asked.slice(before).map(({ path }) => path)).toEqual(["/api/models/org/demo/tree/main?recursive=true"])
  })
)

it.live("installs nothing that is not what was asked for, and leaves nothing of it", () =>
  Effect.gen(function* () {
    const { answers, asked, bring, demo, entries, origin, publish } = yield* world()
    const refusal = (source: Folder.FileSource, maxBytes?: number) =>
      Effect.map(Effect.flip(bring(source, maxBytes)), ({ message, reason }) => `${reason}: ${message}`)
    publish("org/demo", "demo.gguf", demo)
    expect(yield* refusal(from("org/demo", "demo.gguf", "0".repeat(64)))).toContain("checksum_mismatch: the file on")
    expect(yield* refusal(from("org/demo", "demo.gguf"), 1000)).toContain("INFERNET_INSTALL_MAX_BYTES")
    // Refused before a byte of it is fetched.
    expect(asked.every(({ path }) => path.startsWith("/api/"))).toBe(true)
    publish("org/lie", "demo.gguf", demo, "1".repeat(64))
    expect(yield* refusal(from("org/lie", "demo.gguf"))).toContain("checksum_mismatch: what came")
    publish("org/split", "demo-00001-of-00002.gguf", demo)
    expect(yield* refusal(from("org/split", "demo-00001-of-00002.gguf"))).toContain("unsupported: ")

    answers.set("/page.gguf", file(new TextEncoder().encode("<!doctype html>")))
    const page = yield* refusal({ _tag: "Url", url: `${origin}/page.gguf`, sha256: undefined })
    expect(page).toContain("perhaps a web page")
    answers.set("/half.gguf", file(demo.slice(0, demo.length / 2)))
    const half = yield* refusal({ _tag: "Url", url: `${origin}/half.gguf`, sha256: undefined })
    expect(half).toContain("it is cut short")
    expect(yield* refusal({ _tag: "Url", url: "file:///etc/passwd", sha256: undefined })).toContain("http(s)")
    expect(yield* entries).toEqual([])
  })
)

it.live("refuses what the memory would not hold, before it fetches and by the header of what came", () =>
  Effect.gen(function* () {
    const { asked, bring, demo, entries, origin, answers, publish } = yield* world(3 << 20)
    publish("org/demo", "demo-2m.gguf", demo)
    expect((yield* Effect.flip(bring(from("org/demo", "demo-2m.gguf")))).reason).toBe("does_not_fit")
    expect(asked.length).toBe(1)
    // Without a size from elsewhere only the file itself tells.
    answers.set("/demo.gguf", file(demo))
    const error = yield* Effect.flip(bring({ _tag: "Url", url: `${origin}/demo.gguf`, sha256: undefined }))
    expect(error.message).toContain("60 % of 3.0 MiB main memory: choose a smaller model")
    expect(yield* entries).toEqual([])
  })
)

it.live("takes a file of this machine without a second copy, and no other file of the same name", () =>
  Effect.gen(function* () {
    const { bring, demo, directory, files, fs } = yield* world()
    const elsewhere = yield* fs.makeTempDirectoryScoped()
    yield* fs.writeFile(`${elsewhere}/my demo.gguf`, demo)
    yield* fs.symlink(`${elsewhere}/my demo.gguf`, `${elsewhere}/link.gguf`)
    expect(yield* bring({ _tag: "Path", path: `${elsewhere}/link.gguf` })).toBe("link")
    expect(yield* bring({ _tag: "Path", path: `${elsewhere}/my demo.gguf` })).toBe("my-demo")
    const [one, other] = yield* Effect.all([fs.stat(`${elsewhere}/my demo.gguf`), fs.stat(`${directory}/my-demo.gguf`)])
    expect(other.ino).toEqual(one.ino)
    expect(yield* bring({ _tag: "Path", path: `${elsewhere}/my demo.gguf` })).toBe("my-demo")
    yield* fs.writeFile(`${elsewhere}/other.gguf`, demo)
    yield* fs.rename(`${elsewhere}/other.gguf`, `${elsewhere}/my-demo.gguf`)
    const error = yield* Effect.flip(bring({ _tag: "Path", path: `${elsewhere}/my-demo.gguf` }))
    expect(error.message).toContain("remove it first, with infernet model remove my-demo")
    // The operator's own file outlives ours.
    yield* files.remove("my-demo")
    expect(yield* fs.exists(`${elsewhere}/my demo.gguf`)).toBe(true)
    expect((yield* Effect.flip(bring({ _tag: "Path", path: `${elsewhere}/none.gguf` }))).reason).toBe("not_found")
  })
)
