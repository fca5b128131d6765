/** Starts the engine over the folder that it is given and stays, for the test that kills this process; prints a line before and after the start. */
import { Effect, Fiber } from "effect"
import * as real from "./embedded/engine.ts"

const say = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

const program = Effect.gen(function* () {
  const start = yield* real.start(process.argv[2] ?? "").pipe(Effect.forkChild({ startImmediately: true }))
  yield* say("starting")
  yield* Fiber.join(start)
  yield* say("serving")
  return yield* Effect.never
})

await Effect.runPromise(Effect.scoped(program))
