/** Work that several may ask for at once and that is done once: each hears of its progress, the last to leave stops it. */
import { Effect, Fiber, Scope } from "effect"

export interface Shared<A, E, P> {
  readonly run: (
    key: string,
    progress: (news: P) => void,
    work: (progress: (news: P) => void) => Effect.Effect<A, E>
  ) => Effect.Effect<A, E>
}

interface Running<A, E, P> {
  readonly fiber: Fiber.Fiber<A, E>
  readonly listeners: Set<{ readonly hear: (news: P) => void }>
  last: P | undefined
  /** Nobody waits for it any more: whoever comes now begins anew, once it has ended. */
  stopping: boolean
}

/** Ends whatever runs with the scope. */
export const make = Effect.fnUntraced(function* <A, E, P>() {
  const scope = yield* Scope.Scope
  const running = new Map<string, Running<A, E, P>>()

  const begin = Effect.fnUntraced(function* (key: string, work: (progress: (news: P) => void) => Effect.Effect<A, E>) {
    const listeners: Running<A, E, P>["listeners"] = new Set()
    const tell = (news: P) => {
      one.last = news
      for (const { hear } of listeners) hear(news)
    }
    const fiber = yield* work(tell).pipe(
      Effect.interruptible,
      Effect.onExit(() => Effect.sync(() => void running.delete(key))),
      Effect.forkIn(scope)
    )
    const one: Running<A, E, P> = { fiber, listeners, last: undefined, stopping: false }
    running.set(key, one)
    return one
  })

  const leave = (one: Running<A, E, P>, listener: { readonly hear: (news: P) => void }) =>
    Effect.suspend(() => {
      one.listeners.delete(listener)
      if (one.listeners.size > 0) return Effect.void
      one.stopping = true
      return Fiber.interrupt(one.fiber)
    })

  const run: Shared<A, E, P>["run"] = (key, progress, work) =>
    Effect.uninterruptibleMask((restore) =>
      Effect.gen(function* () {
        let one = running.get(key)
        while (one?.stopping === true) {
          yield* restore(Fiber.await(one.fiber))
          one = running.get(key)
        }
        one ??= yield* begin(key, work)
        const listener = { hear: progress }
        one.listeners.add(listener)
        if (one.last !== undefined) progress(one.last)
        return yield* restore(Fiber.join(one.fiber)).pipe(Effect.ensuring(leave(one, listener)))
      })
    )

  return { run } satisfies Shared<A, E, P> as Shared<A, E, P>
})
