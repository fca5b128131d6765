/**
 * Where the engine's program is.
 *
 * In the repository it lies beside this file. The published package leaves the engine out, for its size: it is fetched
 * when first needed, by `bun install` from the lock file that travels with the package, whose SHA-512 sums say what may
 * come. Each version lives in a folder named after what it is made of; a folder that has its name is whole.
 */
import { createHash } from "node:crypto"
import { join } from "node:path"
import { Home } from "@infernet/platform/Home"
import * as Lock from "@infernet/platform/Lock"
import * as refused from "@infernet/platform/refused"
import { isPackaged, travelling } from "@infernet/platform/travelling"
import { Context, Duration, Effect, FileSystem, Layer, Schedule, Semaphore } from "effect"
import { BackendError } from "../Backend.ts"
import { bytesOf } from "../install/bytes.ts"
import * as engineInstall from "./engineInstall.ts"

export interface EngineProgress {
  readonly completed_bytes: number
  /** About how many there will be. */
  readonly total_bytes: number
}

const patience = Duration.minutes(20)

const fail = (message: string) => Effect.fail(new BackendError({ fault: "backend_error", message }))

interface Parts {
  /** Has `package.json` and `bun.lock`. */
  readonly manifest: string
  /** The engine's process, in one file. */
  readonly script: string
}

/** Makes folders of engines below `directory`. */
const fetched = Effect.fnUntraced(function* (
  directory: string,
  parts: Parts,
  onProgress: (progress: EngineProgress) => void
) {
  const fs = yield* FileSystem.FileSystem
  const gate = yield* Semaphore.make(1)
  const sources = [join(parts.manifest, "package.json"), join(parts.manifest, "bun.lock"), parts.script] as const

  const version = Effect.map(
    Effect.forEach(sources, (path) => fs.readFile(path)),
    (files) => {
      const hash = createHash("sha256")
      for (const bytes of files) hash.update(`${bytes.length} `).update(bytes)
      return hash.digest("hex").slice(0, 16)
    }
  )

  const build = Effect.fnUntraced(function* (folder: string) {
    const partial = `${folder}.partial`
    yield* fs.remove(partial, { recursive: true, force: true })
    yield* fs.makeDirectory(partial, { recursive: true, mode: 0o700 })
    const [manifest, lock, script] = sources
    yield* fs.copyFile(manifest, join(partial, "package.json"))
    yield* fs.copyFile(lock, join(partial, "bun.lock"))
    yield* (
      engineInstall
        .run(partial, onProgress)
        // Also where it is interrupted: on a full disk this is what others lack.
        .pipe(Effect.onError(() => Effect.ignore(fs.remove(partial, { recursive: true, force: true }))))
    )
    yield* fs.remove(join(partial, engineInstall.cache), { recursive: true, force: true })
    yield* fs.copyFile(script, join(partial, "engine.js"))
    yield* fs.rename(partial, folder)
  })

  /** Whoever comes second finds the first one's work done. */
  const locked = Lock.acquire(join(directory, "lock")).pipe(
    Effect.provideService(FileSystem.FileSystem, fs),
    Effect.retry({ schedule: Schedule.spaced("500 millis"), while: ({ _tag }) => _tag === "LockHeld" }),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => fail("another process has been fetching the engine for 20 minutes: stop it, and try again")
    })
  )

  const others = Effect.fnUntraced(function* (name: string) {
    const found = yield* fs.readDirectory(directory)
    const old = found.filter((entry) => /^[0-9a-f]{16}(\.partial)?$/.test(entry) && entry !== name)
    yield* Effect.forEach(old, (entry) => fs.remove(join(directory, entry), { recursive: true, force: true }))
  })

  const make = Effect.gen(function* () {
    yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
    const name = yield* version
    const folder = join(directory, name)
    const entry = join(folder, "engine.js")
    if (yield* fs.exists(entry)) return entry
    yield* locked
    if (yield* fs.exists(entry)) return entry
    yield* Effect.logInfo("fetching the engine, once", { about: bytesOf(engineInstall.totalBytes) })
    yield* build(folder)
    yield* others(name)
    yield* Effect.logInfo("the engine is here")
    return entry
  }).pipe(
    Effect.scoped,
    Effect.catchTag("LockHeld", ({ message }) => fail(message)),
    Effect.catchTag("LockUnusable", ({ message }) => fail(`the engine cannot be put in place: ${message}`)),
    Effect.catchTag("PlatformError", (error) => fail(`the engine cannot be put in place: ${refused.sentence(error)}`))
  )
  return gate.withPermits(1)(make)
})

export class EngineFiles extends Context.Service<
  EngineFiles,
  {
    /** The script that runs one model in a process of its own; fetched now if it never was. */
    readonly entry: Effect.Effect<string, BackendError>
  }
>()("@infernet/backend/embedded/EngineFiles") {
  /** Beside this file. */
  static readonly layerRepository = Layer.sync(EngineFiles, () => ({
    entry: Effect.succeed(Bun.fileURLToPath(new URL("./child.ts", import.meta.url)))
  }))

  /** Made of these parts, below a directory. */
  static readonly layerFetched = (
    directory: string,
    parts: Parts,
    onProgress: (progress: EngineProgress) => void = () => undefined
  ) =>
    Layer.effect(
      EngineFiles,
      Effect.map(fetched(directory, parts, onProgress), (entry) => EngineFiles.of({ entry }))
    )

  /** As this program was installed; `onProgress` hears of a fetch about once a second. */
  static readonly layer = (onProgress?: (progress: EngineProgress) => void) =>
    Layer.unwrap(
      Effect.map(Home, ({ root }) =>
        isPackaged
          ? EngineFiles.layerFetched(
              join(root, "engine"),
              {
                manifest: travelling(import.meta.url, "../../engine", "engine"),
                script: travelling(import.meta.url, "./child.ts", "engine.js")
              },
              onProgress
            )
          : EngineFiles.layerRepository
      )
    )
}
