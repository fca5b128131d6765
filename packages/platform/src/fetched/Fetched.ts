/**
 * Folders of npm packages that the published package leaves out for their size and that are fetched when first needed, by
 * `bun install` from a lock file that travels with it, whose SHA-512 sums say what may come. Each version lives in a folder
 * named after what it is made of; a folder that has its name is whole.
 */
import { createHash } from "node:crypto"
import { basename, join } from "node:path"
import { Duration, Effect, FileSystem, Schedule, Semaphore } from "effect"
import * as Lock from "../Lock.ts"
import * as refused from "../refused.ts"
import * as bunInstall from "./bunInstall.ts"
import { FetchFailed, type FetchProgress, type Wanted } from "./bunInstall.ts"

export { FetchFailed, type FetchProgress, type Wanted }

export interface Options extends Wanted {
  /** Where the folders lie. */
  readonly directory: string
  /** Has `package.json` and `bun.lock`. */
  readonly manifest: string
  /** Files that are put beside the packages, by the name that they have there. */
  readonly beside?: Readonly<Record<string, string>>
  /** Hears of a fetch about once a second. */
  readonly onProgress?: (progress: FetchProgress) => void
}

const patience = Duration.minutes(20)

const fail = (message: string) => Effect.fail(new FetchFailed({ message }))

/** Gives the whole folder's path, made now where it never was; one that is there costs a look. */
export const make = Effect.fnUntraced(function* (options: Options) {
  const { directory, name, onProgress = () => undefined } = options
  const fs = yield* FileSystem.FileSystem
  const gate = yield* Semaphore.make(1)
  const install = ["package.json", "bun.lock"].map((file) => [join(options.manifest, file), file] as const)
  const beside = Object.entries(options.beside ?? {}).map(([file, path]) => [path, file] as const)

  const version = Effect.map(
    Effect.forEach([...install, ...beside], ([path]) => fs.readFile(path)),
    (files) => {
      const hash = createHash("sha256")
      for (const bytes of files) hash.update(`${bytes.length} `).update(bytes)
      return hash.digest("hex").slice(0, 16)
    }
  )

  const put = (folder: string, files: ReadonlyArray<readonly [string, string]>) =>
    Effect.forEach(files, ([path, file]) => fs.copyFile(path, join(folder, file)), { discard: true })

  const build = Effect.fnUntraced(function* (folder: string) {
    const partial = `${folder}.partial`
    yield* fs.remove(partial, { recursive: true, force: true })
    yield* fs.makeDirectory(partial, { recursive: true, mode: 0o700 })
    yield* put(partial, install)
    yield* (
      bunInstall
        .run(partial, options, onProgress)
        // Also where it is interrupted: on a full disk this is what others lack.
        .pipe(Effect.onError(() => Effect.ignore(fs.remove(partial, { recursive: true, force: true }))))
    )
    yield* fs.remove(join(partial, bunInstall.cache), { recursive: true, force: true })
    yield* put(partial, beside)
    yield* fs.rename(partial, folder)
  })

  /** Whoever comes second finds the first one's work done. */
  const locked = Lock.acquire(join(directory, "lock")).pipe(
    Effect.provideService(FileSystem.FileSystem, fs),
    Effect.retry({ schedule: Schedule.spaced("500 millis"), while: ({ _tag }) => _tag === "LockHeld" }),
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => fail(`another process has been fetching the ${name} for 20 minutes: stop it, and try again`)
    })
  )

  const others = Effect.fnUntraced(function* (current: string) {
    const found = yield* fs.readDirectory(directory)
    const old = found.filter((entry) => /^[0-9a-f]{16}(\.partial)?$/.test(entry) && entry !== current)
    yield* Effect.forEach(old, (entry) => fs.remove(join(directory, entry), { recursive: true, force: true }))
  })

  const made = Effect.gen(function* () {
    yield* fs.makeDirectory(directory, { recursive: true, mode: 0o700 })
    const folder = join(directory, yield* version)
    if (yield* fs.exists(folder)) return folder
    yield* locked
    if (yield* fs.exists(folder)) return folder
    yield* Effect.logInfo("fetching, once", { what: name, aboutMib: Math.round(options.totalBytes / 2 ** 20) })
    yield* build(folder)
    yield* others(basename(folder))
    yield* Effect.logInfo("fetched", { what: name })
    return folder
  }).pipe(
    Effect.scoped,
    Effect.catchTag("LockHeld", ({ message }) => fail(message)),
    Effect.catchTag("LockUnusable", ({ message }) => fail(`the ${name} cannot be put in place: ${message}`)),
    Effect.catchTag("PlatformError", (error) => fail(`the ${name} cannot be put in place: ${refused.sentence(error)}`))
  )
  return gate.withPermits(1)(made)
})
