/** The embedded engine as a stand-in: hired while nobody else serves what it has, dismissed once its last chat is done. */
import { Clock, Effect, Exit, Scope } from "effect"
import * as Known from "../Known.ts"
import type { EmbeddedEngine } from "./EmbeddedEngine.ts"

/** A fetch that fails is not begun anew at every round: it may be a hundred megabytes each time. */
const shortestPause = 5_000
const longestPause = 300_000

interface Hired {
  readonly known: Known.Known
  readonly scope: Scope.Closeable
}

export const make = Effect.fnUntraced(function* (engine: EmbeddedEngine["Service"], changed: () => void) {
  const parent = yield* Scope.Scope
  let hired: Hired | undefined
  /** Why it did not start the last time, which is said once, and when it is tried again. */
  let failure: string | undefined
  let pause = shortestPause
  let notBefore = 0
  /** Offered no longer; still running what it had begun. */
  let leaving: ReadonlyArray<Hired> = []

  const hire = Effect.gen(function* () {
    const scope = yield* Scope.fork(parent)
    const backend = yield* engine.start(changed).pipe(
      Scope.provide(scope),
      Effect.onError((cause) => Scope.close(scope, Exit.failCause(cause)))
    )
    const known = Known.make(backend)
    yield* Known.check(known)
    hired = { known, scope }
    failure = undefined
    pause = shortestPause
    yield* Effect.logInfo("the embedded engine serves", { models: known.offers.map(({ id }) => id) })
  }).pipe(
    Effect.catch(({ message }) =>
      Effect.gen(function* () {
        const log = message === failure ? Effect.logDebug : Effect.logError
        failure = message
        notBefore = (yield* Clock.currentTimeMillis) + pause
        pause = Math.min(pause * 2, longestPause)
        yield* log("the embedded engine does not start", { reason: message })
      })
    )
  )

  const close = Effect.suspend(() => {
    const done = leaving.filter(({ known }) => known.inFlight === 0)
    leaving = leaving.filter(({ known }) => known.inFlight > 0)
    return Effect.forEach(done, ({ scope }) => Scope.close(scope, Exit.void), { discard: true })
  })

  /** Brings it in line with whether it is wanted now. */
  const settle = Effect.fnUntraced(function* (wanted: boolean) {
    if (wanted && hired === undefined && (yield* Clock.currentTimeMillis) >= notBefore) yield* hire
    if (!wanted && hired !== undefined) {
      leaving = [...leaving, hired]
      hired = undefined
    }
    yield* close
  })

  return { known: () => (hired === undefined ? [] : [hired.known]), settle }
})
