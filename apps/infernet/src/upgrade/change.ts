/**
 * Puts another program in the place of the one that runs: its jobs end first, and where the new one does not come up,
 * the old one is back.
 */
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { Effect, FileSystem, Option, type PlatformError } from "effect"
import * as launcher from "../network/launcher.ts"
import * as detach from "../run/detach.ts"
import * as ending from "../run/ending.ts"
import * as returning from "../run/returning.ts"
import type { RunView } from "../run/RunApi.ts"
import * as stuck from "../run/stuck.ts"
import type { Ended } from "../run/words.ts"
import * as Service from "../service/Service.ts"
import { Failure } from "../terminal/exit.ts"

/** The launcher of the program before, to go back to. */
const previousIn = (root: string): string => `${launcher.pathIn(root)}.previous`

const unwritable = (root: string) => (error: PlatformError.PlatformError) =>
  new Failure({ message: `${launcher.pathIn(root)} cannot be written: ${refused.why(error)}` })

const textAt = (path: string) => Effect.flatMap(FileSystem.FileSystem, (fs) => Effect.option(fs.readFileString(path)))

export interface Launchers {
  /** What the launcher is; none where nothing was ever started from this home. */
  readonly now: Option.Option<string>
  readonly before: Option.Option<string>
}

/** As they lie there. */
export const launchers = Effect.gen(function* () {
  const { root } = yield* Home
  return { now: yield* textAt(launcher.pathIn(root)), before: yield* textAt(previousIn(root)) } satisfies Launchers
})

/** None stays as it is. */
const place = (path: string, text: Option.Option<string>) =>
  Option.match(text, { onNone: () => Effect.void, onSome: (text) => launcher.place(path, text) })

/** Puts them there. */
const put = Effect.fnUntraced(function* ({ before, now }: Launchers) {
  const { root } = yield* Home
  yield* Effect.mapError(
    Effect.andThen(place(previousIn(root), before), place(launcher.pathIn(root), now)),
    unwritable(root)
  )
})

/** Starts what the launcher calls, as it ran before; what ran in a terminal goes on in the background. */
const startAgain = Effect.fnUntraced(function* ({ args, how }: RunView) {
  const { root } = yield* Home
  if (how === "service") {
    const { manager } = yield* Service.find()
    yield* manager.start
    return yield* returning.arrival(Effect.map(manager.state, ({ isRunning }) => isRunning))
  }
  return (yield* detach.start([launcher.pathIn(root), ...args])).view
})

/** Whatever came up, or came up in part, goes; then what was there before is started. */
const fallBack = Effect.fnUntraced(function* (before: RunView) {
  const there = yield* ending.current
  if (Option.isSome(there) && there.value.started_at === before.started_at) return there.value
  if (Option.isSome(there)) yield* ending.end(there.value, { withinMillis: 0, then: "end" })
  else yield* stuck.end
  return yield* startAgain(before)
})

export interface Change {
  /** What the launcher is to be. */
  readonly next: string
  /** What the new program is to say that it is; anything where nobody knows. */
  readonly version: string | undefined
  readonly withinMillis: number
}

export interface Changed {
  readonly now: RunView
  readonly ended: Ended
}

/** Gives what runs now, and what became of the jobs that ran; none where nothing ran, and the next start is of the new program. */
export const make = Effect.fnUntraced(function* ({ next, version, withinMillis }: Change) {
  const were = yield* launchers
  yield* put({ now: Option.some(next), before: were.now })
  const running = yield* ending.current
  if (Option.isNone(running)) return Option.none<Changed>()
  const view = running.value
  const changed = Effect.gen(function* () {
    const ended = yield* ending.end(view, { withinMillis, then: "launcher" })
    const now = yield* returning.after(view)
    if (version === undefined || now.version === version) return { now, ended } satisfies Changed as Changed
    return yield* new Failure({ message: `${now.version} came up, not ${version}` })
  })
  return yield* changed.pipe(
    Effect.asSome,
    Effect.catchTag("Failure", ({ message }) =>
      Effect.gen(function* () {
        yield* put(were)
        const back = yield* Effect.result(fallBack(view))
        const now =
          back._tag === "Success"
            ? `${view.version} runs again (pid ${back.success.pid})`
            : `and ${view.version} did not come back: ${back.failure.message}`
        return yield* new Failure({ message: `${message}; ${now}` })
      })
    )
  )
})
