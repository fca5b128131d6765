/** How the engine comes to be there: made once, whole or not at all, with a sentence where that fails. */
import { expect } from "bun:test"
import { createHash } from "node:crypto"
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { it } from "@infernet/testing/harness"
import { Effect, Fiber, Layer, References } from "effect"
import type { BackendError } from "../../src/Backend.ts"
import { EngineFiles, type EngineProgress } from "../../src/embedded/EngineFiles.ts"
import { temporary } from "./engine.ts"

/** A package `nothing`, packed. */
const packed = async (directory: string): Promise<Uint8Array<ArrayBuffer>> => {
  mkdirSync(join(directory, "package"), { recursive: true })
  writeFileSync(join(directory, "package/package.json"), JSON.stringify({ name: "nothing", version: "1.0.0" }))
  const tar = Bun.spawn(["tar", "-czf", "-", "-C", directory, "package"], { stdout: "pipe" })
  return new Uint8Array(await new Response(tar.stdout).arrayBuffer())
}

const sha512 = (bytes: Uint8Array) => `sha512-${createHash("sha512").update(bytes).digest("base64")}`

/** A directory, and a server that has the one package an engine is made of; `serve` changes what it gives. */
const registry = Effect.gen(function* () {
  const directory = yield* temporary
  const bytes = yield* Effect.promise(() => packed(directory))
  let given = bytes
  const server = yield* Effect.acquireRelease(
    Effect.sync(() => Bun.serve({ port: 0, fetch: () => new Response(given) })),
    (server) => Effect.promise(() => server.stop(true))
  )
  const url = `http://127.0.0.1:${server.port}/nothing-1.0.0.tgz`

  /** What an engine of this script is made of. */
  const parts = (script = "engine()") => {
    const manifest = join(directory, "manifest")
    const dependencies = { nothing: url }
    const lock = {
      lockfileVersion: 1,
      workspaces: { "": { dependencies } },
      packages: { nothing: [`nothing@${url}`, {}, sha512(bytes)] }
    }
    mkdirSync(manifest, { recursive: true })
    writeFileSync(join(manifest, "package.json"), JSON.stringify({ private: true, dependencies }))
    writeFileSync(join(manifest, "bun.lock"), JSON.stringify(lock))
    writeFileSync(join(directory, "script.js"), script)
    return { manifest, script: join(directory, "script.js") }
  }
  return { directory, parts, server, serve: (other: Uint8Array<ArrayBuffer>) => void (given = other) }
})

const make = (
  directory: string,
  from: { readonly manifest: string; readonly script: string },
  onProgress?: (progress: EngineProgress) => void
): Effect.Effect<string, BackendError> =>
  EngineFiles.use(({ entry }) => entry).pipe(
    Effect.provide(
      EngineFiles.layerFetched(join(directory, "engine"), from, onProgress).pipe(Layer.provide(NodeServices.layer)),
      { local: true }
    ),
    Effect.provideService(References.MinimumLogLevel, "None")
  )

const versions = (directory: string) =>
  readdirSync(join(directory, "engine")).filter((name) => !name.startsWith("lock"))

it.live("makes an engine once, a new one where it is made of something else, and keeps only that", () =>
  Effect.gen(function* () {
    const { directory, parts } = yield* registry
    const heard: Array<EngineProgress> = []
    const first = yield* make(directory, parts(), (progress) => heard.push(progress))
    expect(readFileSync(first, "utf8")).toBe("engine()")
    expect(readdirSync(join(first, "..")).toSorted()).toEqual(["bun.lock", "engine.js", "node_modules", "package.json"])
    expect(heard.at(-1)?.completed_bytes).toBe(Number(heard[0]?.total_bytes))
    heard.length = 0
    expect(yield* make(directory, parts(), (progress) => heard.push(progress))).toBe(first)
    expect(heard).toEqual([])
    const second = yield* make(directory, parts("better()"))
    expect(readFileSync(second, "utf8")).toBe("better()")
    expect(versions(directory)).toEqual([second.split("/").at(-2) ?? ""])
  })
)

it.live("leaves nothing that looks whole where it was interrupted, and begins anew", () =>
  Effect.gen(function* () {
    const { directory, parts } = yield* registry
    const fiber = yield* make(directory, parts()).pipe(Effect.forkChild({ startImmediately: true }))
    yield* Fiber.interrupt(fiber)
    const whole = existsSync(join(directory, "engine")) ? versions(directory) : []
    expect(whole.filter((name) => !name.endsWith(".partial"))).toEqual([])
    expect(readFileSync(yield* make(directory, parts()), "utf8")).toBe("engine()")
    expect(versions(directory).length).toBe(1)
  })
)

it.live("takes nothing but what the lock file says, and says so", () =>
  Effect.gen(function* () {
    const { directory, parts, serve } = yield* registry
    const other = yield* Effect.flatMap(temporary, (elsewhere) => Effect.promise(() => packed(elsewhere)))
    serve(new Uint8Array([...other, 0]))
    expect((yield* Effect.flip(make(directory, parts()))).message).toBe(
      "The engine cannot be fetched: what the npm registry sent is not what this version was made with: check the registry in ~/.npmrc."
    )
    expect(versions(directory)).toEqual([])
  })
)

it.live("says what to do where the registry cannot be reached, names no address, and leaves nothing", () =>
  Effect.gen(function* () {
    const { directory, parts, server } = yield* registry
    yield* Effect.promise(() => server.stop(true))
    const error = yield* Effect.flip(make(directory, parts()))
    expect([error.fault, error.message]).toEqual([
      "backend_error",
      "The engine cannot be fetched: the npm registry cannot be reached: connect this machine once, name a registry that it reaches in ~/.npmrc, or run a backend of your own such as Ollama."
    ])
    expect(versions(directory)).toEqual([])
  })
)
