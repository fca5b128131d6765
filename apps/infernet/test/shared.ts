/** One network for all tests of a file, started before the first and stopped after the last. */
import { afterAll, beforeAll } from "bun:test"
import { Effect, Exit, Scope } from "effect"
import { freePort, freshHome, network, type Running } from "./infernet.ts"

export interface Shared {
  readonly home: string
  readonly port: number
  readonly url: string
  readonly running: Running
}

/** Gives the network to a test that runs. */
export const sharedNetwork = (): (() => Shared) => {
  const scope = Effect.runSync(Scope.make())
  let shared: Shared | undefined
  beforeAll(async () => {
    const start = Effect.gen(function* () {
      const [home, port] = yield* Effect.all([freshHome, freePort])
      return { home, port, url: `http://127.0.0.1:${port}`, running: yield* network({ home, port }) }
    })
    shared = await Effect.runPromise(Scope.provide(start, scope))
  }, 30_000)
  afterAll(() => Effect.runPromise(Scope.close(scope, Exit.void)))
  return () => {
    if (shared === undefined) throw new Error("asked for outside a test")
    return shared
  }
}
