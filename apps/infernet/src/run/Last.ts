/** What a run leaves in the home when it ends: which one it was, and how many of its jobs had not ended by then. */
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem, Option, Schema } from "effect"
import { join } from "node:path"
import type { RunView } from "./RunApi.ts"

const Last = Schema.Struct({
  /** Tells a run from one before it, which may have had the same number. */
  started_at: Schema.String,
  /** Jobs that ran when their time was up. */
  cut: Schema.Int
})

const stored = Schema.fromJsonString(Last)

const path = Effect.map(Home, ({ root }) => join(root, "run", "last.json"))

/** Only this process knows what ran at its end: who asks from outside has seen it moments before. */
export const leave = Effect.fnUntraced(
  function* (last: typeof Last.Type) {
    const fs = yield* FileSystem.FileSystem
    yield* fs.writeFileString(yield* path, yield* Schema.encodeEffect(stored)(last), { mode: 0o600 })
  },
  Effect.catch(({ message }) => Effect.logWarning("what was cut off could not be written down", { message }))
)

/** How many jobs a run that is over has cut off; none where it could not say, being killed. */
export const cutBy = Effect.fnUntraced(function* ({ started_at }: RunView) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* Effect.option(fs.readFileString(yield* path))
  const last = Option.flatMap(text, Schema.decodeOption(stored))
  return Option.map(
    Option.filter(last, (last) => last.started_at === started_at),
    ({ cut }) => cut
  )
})
