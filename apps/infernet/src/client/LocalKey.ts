/** The API key of this home's own client: made by `start`, for the person at this machine. */
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { Effect, FileSystem, Option, Redacted } from "effect"
import { join } from "node:path"
import { Failure } from "../terminal/exit.ts"

const othersMayRead = 0o077

/** The stored key; none when there is none. A file that others can read is refused. */
export const read = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = join((yield* Home).keys, "client.key")
  const file = yield* Effect.all({ info: fs.stat(path), text: fs.readFileString(path) }).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.mapError((error) => new Failure({ message: `${path} cannot be read: ${refused.why(error)}` }))
  )
  if (Option.isNone(file)) return Option.none<Redacted.Redacted>()
  if ((file.value.info.mode & othersMayRead) !== 0) {
    const message = `other users of this machine can read ${path}: if they are trusted, run chmod 600 on it; if not, delete it and start again`
    return yield* new Failure({ message })
  }
  return Option.some(Redacted.make(file.value.text.trim(), { label: "API key" }))
})

/** Replaces the stored key, whole or not at all. */
export const write = Effect.fnUntraced(function* (key: Redacted.Redacted) {
  const fs = yield* FileSystem.FileSystem
  const path = join((yield* Home).keys, "client.key")
  const fresh = `${path}.new`
  yield* fs.writeFileString(fresh, `${Redacted.value(key)}\n`, { mode: 0o600 })
  yield* fs.rename(fresh, path)
})
