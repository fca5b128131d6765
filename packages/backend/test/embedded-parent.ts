/** Starts the engine and stays, for the test that kills this process; prints a line before and after the start. */
import { Effect, Fiber } from "effect"
import { EmbeddedEngine } from "../src/embedded/EmbeddedEngine.ts"

const say = (line: string) => Effect.sync(() => process.stdout.write(`${line}\n`))

const program = Effect.gen(function* () {
  const engine = yield* EmbeddedEngine
  const start = yield* engine.start(() => undefined).pipe(Effect.forkChild({ startImmediately: true }))
  yield* say("starting")
  yield* Fiber.join(start)
  yield* say("serving")
  return yield* Effect.never
})

await Effect.runPromise(program.pipe(Effect.scoped, Effect.provide(EmbeddedEngine.layer)))
