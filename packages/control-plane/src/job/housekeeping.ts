/** Forgets what is kept for a time only, and ends open jobs that nobody runs. */
import { DateTime, Duration, Effect, Schedule } from "effect"
import { Settings } from "../Settings.ts"
import type { JobId } from "@infernet/contract/Id"
import { JobStore } from "./JobStore.ts"
import { endings } from "./strays.ts"

/** How long a repeat of a submission with the same key is the same job. */
const keyKeptFor = Duration.hours(24)

/** Once a minute, for as long as the scope lives. */
export const make = Effect.fnUntraced(function* (isLive: (id: JobId) => boolean) {
  const store = yield* JobStore
  const { firstContentWithin, logKeptFor } = yield* Settings

  const forget = Effect.gen(function* () {
    const now = yield* DateTime.now
    const ended = DateTime.subtractDuration(now, logKeptFor)
    yield* store.forget({ ended, submitted: DateTime.subtractDuration(now, keyKeptFor) })
    yield* Effect.forEach(endings(yield* store.open, isLive, now, firstContentWithin), store.end)
  })
  yield* forget.pipe(
    Effect.ignoreCause({ log: "Warn", message: "old streams and keys could not be forgotten" }),
    Effect.repeat(Schedule.spaced("1 minute")),
    Effect.forkScoped
  )
})
