/** Asks what runs from this home to end, and tells how that goes. */
import { Home } from "@infernet/platform/Home"
import { Clock, DateTime, Effect, Option } from "effect"
import { Local } from "../client/Local.ts"
import { Failure } from "../terminal/exit.ts"
import { during } from "../terminal/progress.ts"
import { isAlive } from "./alive.ts"
import * as Last from "./Last.ts"
import type { RunView, Then } from "./RunApi.ts"
import { counted, type Ended } from "./words.ts"

const lookEvery = 100
/** After running jobs: the database is closed, the control plane told. */
const closingWithin = 30_000
const progressEvery = 5

/** What runs from this home; none where nothing does. */
export const current = Effect.flatMap(Local, ({ run }) => Effect.option(run.view()))

/** What is being waited for. */
const text = ({ ending, jobs }: RunView, now: number): string => {
  const left =
    ending === undefined ? 0 : Math.ceil((DateTime.toEpochMillis(DateTime.makeUnsafe(ending.by)) - now) / 1000)
  const { running, unacknowledged } = jobs
  if (running > 0) return `${counted(running)} running; ${Math.max(0, left)} s left to end`
  return unacknowledged > 0 ? "the last answers are being written down" : "closing"
}

/** The process is over, or another one has taken its place. */
const isOver = (before: RunView, now: Option.Option<RunView>): boolean =>
  Option.isSome(now) ? now.value.started_at !== before.started_at : !isAlive(before.pid)

export interface Asked {
  /** How long running jobs may go on. */
  readonly withinMillis: number
  readonly then: Then
}

/**
 * Ends the process of which this is the view, jobs first; gives what became of those that ran. Interrupted, it leaves the
 * process to do so by itself.
 */
export const end = Effect.fnUntraced(function* (before: RunView, { then, withinMillis }: Asked) {
  const { run } = yield* Local
  const { root } = yield* Home
  const lost = () => new Failure({ message: `what runs from ${root} does not answer any more` })
  let view = yield* Effect.mapError(run.end({ payload: { within_ms: withinMillis, then } }), lost)
  const { running } = view.jobs
  const began = yield* Clock.currentTimeMillis
  let now = began

  const watched = Effect.gen(function* () {
    while (true) {
      yield* Effect.sleep(lookEvery)
      const found = yield* current
      if (isOver(before, found)) return
      // Closing, it answers nothing more.
      view = Option.getOrElse(found, () => ({ ...view, jobs: { running: 0, unacknowledged: 0 } }))
      now = yield* Clock.currentTimeMillis
      if (now - began < withinMillis + closingWithin) continue
      const message = `it has not ended in time (pid ${before.pid}): look at \`infernet logs\`, then \`kill -9 ${before.pid}\``
      return yield* new Failure({ message })
    }
  })
  const label = () => (view.jobs.running > 0 ? "draining" : "stopping")
  yield* during(label, () => text(view, now), progressEvery)(watched)
  const cut = Option.getOrUndefined(yield* Last.cutBy(before))
  return { running, cut } satisfies Ended
})
