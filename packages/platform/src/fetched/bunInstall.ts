/** Fetches what a lock file names from the npm registry, with the Bun that runs this program; fails with a sentence. */
import { readdir, lstat } from "node:fs/promises"
import { join } from "node:path"
import { Data, Effect, Fiber, Schedule } from "effect"

/** What was to be fetched is not there, and why; says what to do. */
export class FetchFailed extends Data.TaggedError("FetchFailed")<{ readonly message: string }> {}

export interface FetchProgress {
  readonly completed_bytes: number
  /** About how many there will be. */
  readonly total_bytes: number
}

/** What is fetched, in words and numbers. */
export interface Wanted {
  /** As it stands after "the": `engine`. */
  readonly name: string
  /** What an installation takes on the disk, about, in bytes. */
  readonly totalBytes: number
  /** What the disk has to have free for it, in words: `250 MB`. */
  readonly room: string
  /** What else helps where no registry can be reached: goes on after "or ". */
  readonly otherwise: string
}

/** Below the directory, for as long as the installation runs. */
export const cache = ".cache"

/** What is said at most of how Bun failed. */
const saidLimit = 16_384

/** Failures as Bun words them, and what to do about each. */
const reasons = ({ otherwise, room }: Wanted): ReadonlyArray<readonly [RegExp, string]> => [
  [/ENOSPC|EDQUOT|NoSpaceLeft|DiskQuota/i, `the disk is full: make room for ${room}, and start again`],
  [
    /ConnectionRefused|ConnectionClosed|FailedToOpenSocket|ENOTFOUND|ETIMEDOUT|ECONNRESET|DNS|Timeout|UnableToConnect/i,
    `the npm registry cannot be reached: connect this machine once, name a registry that it reaches in ~/.npmrc, or ${otherwise}`
  ],
  [
    /integrity|Fail extracting/i,
    "what the npm registry sent is not what this version was made with: check the registry in ~/.npmrc"
  ],
  [
    /\b40[13]\b|Unauthorized|Forbidden/i,
    "the npm registry refuses this machine: check the registry and its token in ~/.npmrc"
  ],
  [/\b404\b|No version matching/i, "the npm registry lacks a package of it: check the registry in ~/.npmrc"]
]

/** Never Bun's own words: they name paths and addresses of this machine. */
const explain = (wanted: Wanted, said: string, code: number): string => {
  const [, why] = reasons(wanted).find(([pattern]) => pattern.test(said)) ?? []
  return `The ${wanted.name} cannot be fetched: ${why ?? `bun install ended with ${code}, see the log`}.`
}

/** Bytes of the files below a directory; a file that goes meanwhile counts nothing. */
const bytesBelow = async (directory: string): Promise<number> => {
  const entries = await readdir(directory, { withFileTypes: true }).catch(() => [])
  const sizes = await Promise.all(
    entries.map((entry) => {
      const path = join(directory, entry.name)
      if (entry.isDirectory()) return bytesBelow(path)
      return lstat(path).then(
        ({ size }) => size,
        () => 0
      )
    })
  )
  return sizes.reduce((sum, size) => sum + size, 0)
}

const bun = (directory: string) =>
  Effect.callback<{ readonly code: number; readonly said: string }>((resume) => {
    const process = Bun.spawn([globalThis.process.execPath, "install", "--frozen-lockfile", "--ignore-scripts"], {
      cwd: directory,
      stdio: ["ignore", "ignore", "pipe"],
      env: {
        ...globalThis.process.env,
        // A program that was compiled into one file is Bun when told so.
        BUN_BE_BUN: "1",
        // In here, where it can be watched growing.
        BUN_INSTALL_CACHE_DIR: join(directory, cache)
      }
    })
    const tail = async () => {
      let said = ""
      const decoder = new TextDecoder()
      for await (const piece of process.stderr)
        said = (said + decoder.decode(piece, { stream: true })).slice(-saidLimit)
      return said
    }
    void Promise.all([process.exited, tail()]).then(([code, said]) => resume(Effect.succeed({ code, said })))
    return Effect.promise(() => {
      process.kill("SIGKILL")
      return process.exited
    })
  })

/** Installs into a directory that has `package.json` and `bun.lock`. */
export const run = Effect.fnUntraced(function* (
  directory: string,
  wanted: Wanted,
  onProgress: (progress: FetchProgress) => void
) {
  const { totalBytes } = wanted
  const watch = Effect.map(
    Effect.promise(() => bytesBelow(join(directory, cache))),
    (bytes) => onProgress({ completed_bytes: Math.min(bytes, totalBytes), total_bytes: totalBytes })
  )
  const watching = yield* Effect.forkChild(Effect.repeat(watch, Schedule.spaced("1 second")))
  const { code, said } = yield* bun(directory).pipe(Effect.ensuring(Fiber.interrupt(watching)))
  if (code === 0) {
    onProgress({ completed_bytes: totalBytes, total_bytes: totalBytes })
    return
  }
  // For the log alone: many lines, none of which says more to a person than the sentence below.
  yield* Effect.logInfo("bun install failed", { what: wanted.name, code, said: said.slice(-1000) })
  return yield* new FetchFailed({ message: explain(wanted, said, code) })
})
