/** The API key of this home's own client: made by `start`, for the person at this machine. */
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem, Option, Redacted } from "effect"
import { join } from "node:path"
import { Failure } from "../terminal/exit.ts"

export const pathIn = (home: Home["Service"]): string => join(home.keys, "client.key")

/** The stored key; none when there is none. A file that others can read is refused. */
export const read = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = pathIn(yield* Home)
  const info = yield* Effect.option(fs.stat(path))
  if (Option.isNone(info)) return Option.none<Redacted.Redacted>()
  if ((info.value.mode & 0o077) !== 0) {
    return yield* new Failure({ message: `${path} can be read by others: run chmod 600 on it` })
  }
  const text = yield* Effect.mapError(
    fs.readFileString(path),
    () => new Failure({ message: `${path} cannot be read: check its owner` })
  )
  return Option.some(Redacted.make(text.trim(), { label: "API key" }))
})

export const write = Effect.fnUntraced(function* (key: Redacted.Redacted) {
  const fs = yield* FileSystem.FileSystem
  const path = pathIn(yield* Home)
  const fresh = `${path}.new`
  yield* fs.writeFileString(fresh, `${Redacted.value(key)}\n`, { mode: 0o600 })
  yield* fs.rename(fresh, path)
})
