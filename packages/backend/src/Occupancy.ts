/** Which models are at work now, so that one can be taken away once nothing runs on it. */
import { Deferred, Effect } from "effect"

export interface Occupancy {
  /** Counts `use` as work on this model, for as long as it runs. */
  readonly during: <A, E>(model: string, use: Effect.Effect<A, E>) => Effect.Effect<A, E>
  /** Waits until nothing runs on the model. */
  readonly free: (model: string) => Effect.Effect<void>
  /** Whether new work may begin on it. */
  readonly open: (model: string) => boolean
  /** Lets no new work begin on the model while `use` runs. */
  readonly closed: <A, E>(model: string, use: Effect.Effect<A, E>) => Effect.Effect<A, E>
}

const add = (counts: Map<string, number>, model: string, step: 1 | -1) => {
  const count = (counts.get(model) ?? 0) + step
  if (count === 0) counts.delete(model)
  else counts.set(model, count)
  return count
}

const counted = <A, E>(
  counts: Map<string, number>,
  model: string,
  use: Effect.Effect<A, E>,
  after: (count: number) => void
) =>
  Effect.acquireUseRelease(
    Effect.sync(() => add(counts, model, 1)),
    () => use,
    () => Effect.sync(() => after(add(counts, model, -1)))
  )

export const make = (): Occupancy => {
  const running = new Map<string, number>()
  const closures = new Map<string, number>()
  const waiting = new Map<string, Deferred.Deferred<void>>()

  const leave = (model: string) => (count: number) => {
    const done = waiting.get(model)
    if (count > 0 || done === undefined) return
    waiting.delete(model)
    Deferred.doneUnsafe(done, Effect.void)
  }

  return {
    during: (model, use) => counted(running, model, use, leave(model)),
    free: (model) =>
      Effect.suspend(() => {
        if (!running.has(model)) return Effect.void
        const done = waiting.get(model) ?? Deferred.makeUnsafe<void>()
        waiting.set(model, done)
        return Deferred.await(done)
      }),
    open: (model) => !closures.has(model),
    closed: (model, use) => counted(closures, model, use, () => undefined)
  }
}
