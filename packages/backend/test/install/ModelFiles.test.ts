import { expect } from "bun:test"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { it } from "@infernet/testing/harness"
import { Effect, FileSystem, Layer, Option } from "effect"
import { type Manifest, ModelFiles } from "../../src/install/ModelFiles.ts"

const world = Effect.gen(function* () {
  const services = yield* Layer.build(NodeServices.layer)
  const fs = yield* FileSystem.FileSystem.pipe(Effect.provideContext(services))
  const directory = yield* fs.makeTempDirectoryScoped()
  const context = yield* Layer.build(ModelFiles.at(directory).pipe(Layer.provide(Layer.succeedContext(services))))
  const files = yield* ModelFiles.pipe(Effect.provideContext(context))
  const write = (name: string, text = "GGUF") => fs.writeFileString(`${directory}/${name}`, text)
  const names = Effect.map(files.list, (list) => list.map(({ name }) => name))
  return { fs, directory, files, write, names }
})

const manifest = (name: string): Manifest => ({
  name,
  source: "fox/den/fox.gguf",
  sha256: "a".repeat(64),
  bytes: 4,
  quantization: "Q4_K_M",
  installed_at: "2026-11-22T12:00:00.000Z"
})

it("lists what is whole: with its manifest, or put there by hand", () =>
  Effect.gen(function* () {
    const { directory, files, fs, names, write } = yield* world
    const part = yield* files.part("fox")
    yield* fs.writeFileString(part, "GGUF")
    yield* write("owl.gguf")
    yield* write("bear.json", "{}")
    yield* fs.makeDirectory(`${directory}/trap.gguf`)
    expect(yield* names).toEqual(["owl"])
    yield* files.add(manifest("fox"), part)
    expect(yield* files.list).toEqual([
      { name: "fox", path: `${directory}/fox.gguf`, bytes: 4, manifest: manifest("fox") },
      { name: "owl", path: `${directory}/owl.gguf`, bytes: 4, manifest: undefined }
    ])
    // Where a file comes from is its owner's business.
    expect(Number((yield* fs.stat(`${directory}/fox.json`)).mode & 0o777)).toBe(0o600)
    expect(yield* fs.exists(part)).toBe(false)
  }))

it("lists a file whose manifest is broken, and offers none that was begun", () =>
  Effect.gen(function* () {
    const { files, names, write } = yield* world
    yield* write("fox.gguf")
    yield* write("fox.json", "not JSON")
    // Killed between the manifest and the file.
    yield* write("owl.json", JSON.stringify(manifest("owl")))
    expect(yield* names).toEqual(["fox"])
    expect(Option.map(yield* files.find("fox"), ({ manifest }) => manifest)).toEqual(Option.some(undefined))
  }))

it("is not emptied by an entry that cannot be looked at, and writes nothing through a link", () =>
  Effect.gen(function* () {
    const { directory, files, fs, names, write } = yield* world
    yield* write("fox.gguf")
    yield* fs.symlink("loop.gguf", `${directory}/loop.gguf`)
    expect(yield* names).toEqual(["fox"])
    yield* write("precious", "precious")
    yield* fs.symlink(`${directory}/precious`, `${directory}/owl.json`)
    const part = yield* files.part("owl")
    yield* fs.writeFileString(part, "GGUF")
    yield* files.add(manifest("owl"), part)
    expect(yield* fs.readFileString(`${directory}/precious`)).toBe("precious")
    expect(yield* names).toEqual(["fox", "owl"])
  }))

it("leaves nothing of a file that it removes, and touches no other", () =>
  Effect.gen(function* () {
    const { directory, files, fs, names, write } = yield* world
    yield* write("fox.gguf")
    yield* write("fox.json", JSON.stringify(manifest("fox")))
    yield* write("fox.gguf.part")
    yield* write("foxes.gguf")
    yield* files.remove("fox")
    expect(yield* fs.readDirectory(directory)).toEqual(["foxes.gguf"])
    expect((yield* Effect.flip(files.remove("fox"))).reason).toBe("not_found")
    expect(yield* names).toEqual(["foxes"])
  }))

it("takes no name that leads out of its folder", () =>
  Effect.gen(function* () {
    const { files, fs, directory } = yield* world
    yield* fs.writeFileString(`${directory}.gguf`, "GGUF")
    yield* Effect.addFinalizer(() => Effect.orDie(fs.remove(`${directory}.gguf`)))
    const outside = `../${directory.split("/").at(-1)}`
    for (const name of [outside, "..", "", ".hidden", "a/b", "a\\b", "a\0", "a\n", "a".repeat(128)]) {
      expect((yield* Effect.flip(files.part(name))).reason).toBe("unsupported")
      expect((yield* Effect.flip(files.remove(name))).reason).toBe("not_found")
    }
    expect(yield* fs.exists(`${directory}.gguf`)).toBe(true)
    expect(yield* files.free).toBeGreaterThan(0)
  }))

it.live("deletes what a download left a week ago, and neither a newer one nor that which is to go on", () =>
  Effect.gen(function* () {
    const { directory, files, fs, write } = yield* world
    for (const name of ["old", "wanted", "new"]) {
      yield* write(`${name}.gguf.part`)
      yield* write(`${name}.gguf.part.json`, "{}")
    }
    yield* write("whole.gguf")
    const before = 1_000_000
    for (const name of ["old.gguf.part", "wanted.gguf.part", "whole.gguf"]) {
      yield* fs.utimes(`${directory}/${name}`, before, before)
    }
    yield* files.tidy(yield* files.part("wanted"))
    expect((yield* fs.readDirectory(directory)).toSorted()).toEqual([
      "new.gguf.part",
      "new.gguf.part.json",
      "wanted.gguf.part",
      "wanted.gguf.part.json",
      "whole.gguf"
    ])
  })
)
