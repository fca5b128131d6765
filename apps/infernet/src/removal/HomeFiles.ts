/** What this program has put into its home, and nothing else that may lie there. */
import { Home } from "@infernet/platform/Home"
import { Effect, FileSystem, Option } from "effect"
import { dirname, join } from "node:path"
import { Failure } from "../terminal/exit.ts"

/** A home may be a directory that somebody has other things in. */
const ours = [
  "bin",
  "chain",
  "commands.json",
  "config.json",
  "database",
  "engine",
  "logs",
  "models",
  "run",
  "versions"
] as const

/** Kept unless it is asked for: whoever has a node's key and its receipts has what it earns, and nobody without both. */
const keys = "keys"
const earnings = ["receipts", "payouts.json"] as const
const kept: ReadonlyArray<string> = [keys, ...earnings]

/** Names of what lies beside the keys in the home, they themselves among them. */
export const keyNames = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const { keys } = yield* Home
  return yield* Effect.orElseSucceed(fs.readDirectory(keys), (): Array<string> => [])
})

/** Where the node's receipts lie, if it has any: with its keys they are worth what it has earned. */
export const receipts = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const path = join((yield* Home).root, "receipts")
  const names = yield* Effect.orElseSucceed(fs.readDirectory(path), (): Array<string> => [])
  return names.length > 0 ? Option.some(path) : Option.none()
})

/** What is there of it, as paths; a place elsewhere that a link in the home leads to comes with it. */
export const present = Effect.fnUntraced(function* (withKeys: boolean) {
  const fs = yield* FileSystem.FileSystem
  const { adminSocket, root } = yield* Home
  const goes = withKeys || (yield* keyNames).length === 0
  const inside = [...ours, ...(goes ? kept : [])].map((name) => join(root, name))
  const sockets = dirname(adminSocket)
  const all = [...inside, ...(sockets.startsWith(root) ? [] : [sockets])]
  const found = yield* Effect.filter(all, (path) => Effect.orElseSucceed(fs.exists(path), () => false))
  const links = yield* Effect.forEach(found, (path) => Effect.option(fs.readLink(path)))
  return [...links.flatMap(Option.toArray), ...found]
})

/** Deletes these; gives what is left in the home, which goes itself where nothing is. */
export const remove = Effect.fnUntraced(
  function* (paths: ReadonlyArray<string>) {
    const fs = yield* FileSystem.FileSystem
    const { root } = yield* Home
    yield* Effect.forEach(paths, (path) => fs.remove(path, { recursive: true, force: true }), { discard: true })
    const left = yield* fs.readDirectory(root)
    if (left.length === 0) yield* fs.remove(root, { recursive: true })
    return left
  },
  Effect.mapError(({ message }) => new Failure({ message: `not all could be deleted: ${message}` }))
)
