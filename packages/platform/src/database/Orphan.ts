/** Ends a server whose owner was killed a moment ago, and forgets one that is long gone. */
import { Effect, FileSystem, Path, Schedule } from "effect"
import { commandLine } from "../commandLine.ts"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"

/**
 * Makes sure that no server runs on the data directory, which the caller holds the lock of. Without this a
 * restart right after a kill would be refused, and so would one for which the old number has since gone to
 * another process: PostgreSQL itself looks at the number alone, and in a container numbers come around soon.
 */
export const clear = Effect.fnUntraced(function* (data: string) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  const note = path.join(data, "postmaster.pid")
  const text = yield* fs.readFileString(note).pipe(Effect.orElseSucceed(() => ""))
  const pid = Number.parseInt(text, 10)
  if (!Number.isInteger(pid) || pid <= 1) return
  const runs = commandLine(pid).pipe(Effect.map((line) => line.includes("postgres") && line.includes(data)))

  if (yield* runs) {
    // It may end on its own between the look and the signal.
    yield* Effect.ignore(Effect.try(() => process.kill(pid, "SIGINT")))
    yield* runs.pipe(
      Effect.repeat({ until: (running) => !running, schedule: Schedule.spaced("20 millis") }),
      Effect.timeoutOrElse({
        duration: "30 seconds",
        orElse: () => Effect.fail(new EmbeddedUnavailable({ reason: "held", detail: `process ${pid} will not end` }))
      })
    )
  }
  yield* fs
    .remove(note, { force: true })
    .pipe(Effect.mapError(({ message }) => new EmbeddedUnavailable({ reason: "directory", detail: message })))
})
