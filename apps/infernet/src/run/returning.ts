/** Waits for a process that ended to begin again. */
import { Home } from "@infernet/platform/Home"
import { Clock, Effect, FileSystem, Option } from "effect"
import { Failure } from "../terminal/exit.ts"
import { during } from "../terminal/progress.ts"
import { fitRow, plain } from "../terminal/style.ts"
import { isAlive } from "./alive.ts"
import { outputPath } from "./detach.ts"
import { current } from "./ending.ts"
import type { RunView } from "./RunApi.ts"

/** As for a first start. */
const readyWithin = 180_000
/** Who only waits for somebody else's control plane is back. */
const waitingAfter = 10_000
/** Between the end of one program and the first line of the next. */
const changeWithin = 3_000
const lookEvery = 100

/** The last thing it said where somebody kept it, else where that would be. */
const gone = Effect.fnUntraced(function* ({ how, pid }: RunView) {
  const { logs } = yield* Home
  const fs = yield* FileSystem.FileSystem
  const output = outputPath(logs)
  const said = how === "detached" ? yield* Effect.orElseSucceed(fs.readFileString(output), () => "") : ""
  const reason = [...said.matchAll(/^infernet: (.*)$/gm)].at(-1)?.[1]
  const see =
    how === "detached" ? `see ${output}` : how === "service" ? "see `infernet service status`" : "see its terminal"
  return yield* new Failure({ message: `it did not come up again (pid ${pid} has ended): ${plain(reason ?? see)}` })
})

/** Gives the view of what runs now, once jobs reach it or it waits for others. */
export const after = Effect.fnUntraced(function* (before: RunView) {
  const began = yield* Clock.currentTimeMillis
  let waiting = ""
  const watched = Effect.gen(function* () {
    while (true) {
      const elapsed = (yield* Clock.currentTimeMillis) - began
      const view = Option.filter(yield* current, ({ started_at }) => started_at !== before.started_at)
      if (Option.isSome(view)) {
        waiting = view.value.waiting ?? ""
        if (view.value.ready || (waiting !== "" && elapsed >= waitingAfter)) return view.value
      } else if (elapsed > changeWithin && !isAlive(before.pid)) return yield* gone(before)
      if (elapsed > readyWithin) {
        const message = `it is not ready after ${readyWithin / 60_000} minutes and goes on: see \`infernet logs -f\``
        return yield* new Failure({ message })
      }
      yield* Effect.sleep(lookEvery)
    }
  })
  return yield* during("starting", (seconds) => fitRow(`${seconds} s  ${plain(waiting)}`))(watched)
})

/** Waits for what somebody else has started; `isRunning` says whether that still tries. */
export const arrival = Effect.fnUntraced(function* <E, R>(isRunning: Effect.Effect<boolean, E, R>) {
  const began = yield* Clock.currentTimeMillis
  const watched = Effect.gen(function* () {
    while (true) {
      yield* Effect.sleep(lookEvery)
      const elapsed = (yield* Clock.currentTimeMillis) - began
      const view = yield* current
      if (Option.isSome(view) && (view.value.ready || elapsed >= waitingAfter)) return view.value
      if (elapsed > readyWithin || (elapsed > changeWithin && Option.isNone(view) && !(yield* isRunning))) {
        return yield* new Failure({ message: "it does not come up" })
      }
    }
  })
  return yield* during("starting", (seconds) => `${seconds} s`)(watched)
})
