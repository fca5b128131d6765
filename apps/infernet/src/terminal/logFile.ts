/** A log in a file that makes room for a new one when it is large, so that it never fills the disk. */
import * as refused from "@infernet/platform/refused"
import { Effect, FileSystem, Logger } from "effect"

const largest = 50_000_000
/** Files of the past, besides the one that is written. */
export const kept = 5

/** `log` becomes `log.1`, `log.1` becomes `log.2` and so on; the oldest goes. */
const rotate = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const nth = (number: number) => (number === 0 ? path : `${path}.${number}`)
  for (let number = kept - 1; number >= 0; number--) {
    if (yield* fs.exists(nth(number))) yield* fs.rename(nth(number), nth(number + 1))
  }
})

/** Appends texts to a file that only its owner can read, and makes room when it is full. */
export const writer = Effect.fnUntraced(function* (path: string, limit: number = largest) {
  const fs = yield* FileSystem.FileSystem
  let size = (yield* fs.exists(path)) ? Number((yield* fs.stat(path)).size) : 0
  let complained = false

  return Effect.fnUntraced(
    function* (text: string) {
      const bytes = Buffer.byteLength(text)
      if (size > 0 && size + bytes > limit) {
        // Where no room can be made, a file that grows is better than lines that are lost.
        const isFresh = yield* Effect.isSuccess(rotate(path))
        if (isFresh) size = 0
      }
      yield* fs.writeFileString(path, text, { flag: "a", mode: 0o600 }).pipe(
        // What fitted on a full disk ends in the middle of a line, which the next one would go on.
        Effect.tapError(() => Effect.ignore(fs.truncate(path, size)))
      )
      size += bytes
      complained = false
    },
    // Half of a rotation, or lines taken from the batch and not written, are what an interruption would leave.
    Effect.uninterruptible,
    Effect.provideService(FileSystem.FileSystem, fs),
    // A full disk is no reason to stop; said once each time, and not to the log.
    Effect.catch((error) =>
      Effect.sync(() => {
        if (!complained) process.stderr.write(`warning  the log cannot be written: ${refused.sentence(error)}\n`)
        complained = true
      })
    )
  )
})

/** Lines of JSON, written twice a second and at the end. */
export const make = Effect.fnUntraced(function* (path: string, limit: number = largest) {
  const write = yield* writer(path, limit)
  const flush = (lines: ReadonlyArray<string>) => write(`${lines.join("\n")}\n`)
  return yield* Logger.batched(Logger.formatJson, { window: "500 millis", flush })
})
