/** The end of the log file, and what is added to it; a file that begins anew is followed from its beginning. */
import { Effect, FileSystem, Schedule, Stream } from "effect"
import type { News } from "../reduce.ts"
import { parse } from "./logLine.ts"

/** Read at a time: what is older than this is for an editor. */
const most = 64 * 1024
/** A line longer than this is cut. */
const longestLine = 8 * 1024
/** The log itself is written twice a second. */
const every = "500 millis"

export const news = (path: string): Stream.Stream<News, never, FileSystem.FileSystem> =>
  Stream.unwrap(
    Effect.gen(function* () {
      const fs = yield* FileSystem.FileSystem
      let offset = 0
      let decoder = new TextDecoder()
      let begun = ""

      const bytesFrom = (from: number) =>
        Effect.scoped(
          Effect.gen(function* () {
            const file = yield* fs.open(path)
            yield* file.seek(BigInt(from), "start")
            const buffer = new Uint8Array(most)
            const count = Number(yield* file.read(buffer))
            return buffer.subarray(0, count)
          })
        )

      const read = Effect.gen(function* () {
        const size = Number((yield* fs.stat(path)).size)
        const skip = size - offset > most
        if (size < offset || skip) {
          offset = skip ? size - most : 0
          decoder = new TextDecoder()
          begun = ""
        }
        if (size === offset) return []
        const bytes = yield* bytesFrom(offset)
        offset += bytes.length
        const lines = `${begun}${decoder.decode(bytes, { stream: true })}`.split("\n")
        begun = (lines.pop() ?? "").slice(0, longestLine)
        // The first of a part that begins somewhere is no whole line.
        const whole = skip ? lines.slice(1) : lines
        return whole.filter((line) => line !== "").map((line) => parse(line.slice(0, longestLine)))
      }).pipe(
        // No file yet, or none just now while it makes room for a new one.
        Effect.catchTag("PlatformError", () => Effect.succeed([]))
      )
      return Stream.fromEffectSchedule(read, Schedule.spaced(every)).pipe(
        Stream.filter((lines) => lines.length > 0),
        Stream.map((lines): News => ({ _tag: "Log", lines }))
      )
    })
  )
