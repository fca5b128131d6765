/** Ends a process that holds the home without answering on its socket: one that is just starting, or hangs. */
import { Home } from "@infernet/platform/Home"
import { Clock, Effect, Result } from "effect"
import { Failure } from "../terminal/exit.ts"
import { isAlive } from "./alive.ts"

const lookEvery = 50
const patience = 5_000

const signal = (pid: number, name: NodeJS.Signals) =>
  Effect.try({
    try: () => process.kill(pid, name),
    catch: () => new Failure({ message: `pid ${pid} cannot be stopped: it is another user's` })
  })

/** Whether it has ended within a few seconds. */
const endsSoon = Effect.fnUntraced(function* (pid: number) {
  const by = (yield* Clock.currentTimeMillis) + patience
  while (isAlive(pid)) {
    if ((yield* Clock.currentTimeMillis) > by) return false
    yield* Effect.sleep(lookEvery)
  }
  return true
})

/** False where nobody holds the home. */
export const end = Effect.gen(function* () {
  const { lock, root } = yield* Home
  const held = yield* Effect.result(Effect.scoped(lock))
  if (Result.isSuccess(held)) return false
  if (held.failure._tag !== "HomeLocked") return yield* Effect.fail(held.failure)
  const { pid } = held.failure
  if (pid === undefined) return yield* new Failure({ message: `something holds ${root} and does not say what it is` })
  for (const name of ["SIGTERM", "SIGKILL"] as const) {
    if (!isAlive(pid)) break
    yield* signal(pid, name)
    if (yield* endsSoon(pid)) return true
  }
  return yield* new Failure({ message: `pid ${pid} does not end, not even by force: look at it with \`ps\`` })
})
