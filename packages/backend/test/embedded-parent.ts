/** Starts the engine, prints its process id, and stays: for the test that kills this process. */
import { Effect } from "effect"
import { EmbeddedEngine } from "../src/embedded/EmbeddedEngine.ts"

await Effect.runPromise(
  EmbeddedEngine.use((engine) => engine.start(() => undefined)).pipe(
    Effect.tap((engine) => Effect.sync(() => process.stdout.write(`${engine.pid()}\n`))),
    Effect.andThen(Effect.never),
    Effect.scoped,
    Effect.provide(EmbeddedEngine.layer)
  )
)
