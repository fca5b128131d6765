/**
 * The state of a home's local chain on disk: a file that is whole at any moment, whoever is killed.
 *
 * anvil itself writes its state over the old one, a kill in the middle of which would leave neither. So it is asked for its
 * state whenever there is a new block, and that is put in the old one's place; and where it ends in good order it writes a
 * second file, which counts at the next start if it is whole.
 */
import { join } from "node:path"
import * as refused from "@infernet/platform/refused"
import { Effect, FileSystem, Option, Schema } from "effect"
import { LocalChainError } from "./LocalChainError.ts"

/** As much of anvil's state as tells that it is all there. */
const State = Schema.fromJsonString(Schema.Struct({ block: Schema.Unknown, accounts: Schema.Unknown }))

export const stateIn = (directory: string) => join(directory, "state.json")
/** Where anvil writes when it ends. */
export const lastIn = (directory: string): string => join(directory, "last.json")

const unusable = (path: string) =>
  Effect.mapError((error: Error) => new LocalChainError({ message: `${path} cannot be used: ${refused.why(error)}` }))

const wholeAt = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(path).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    unusable(path)
  )
  if (Option.isNone(text)) return undefined
  return yield* Effect.isSuccess(Schema.decodeEffect(State)(text.value))
})

/** The file to begin with; none for a new chain. The chain must not run. */
export const newest = Effect.fnUntraced(function* (directory: string) {
  const fs = yield* FileSystem.FileSystem
  const [last, state] = [lastIn(directory), stateIn(directory)]
  // Half of it is of a process that was killed while it wrote: what was saved before counts.
  if ((yield* wholeAt(last)) === true) yield* fs.rename(last, state).pipe(unusable(state))
  else yield* fs.remove(last, { force: true }).pipe(unusable(last))
  const isWhole = yield* wholeAt(state)
  if (isWhole === false) {
    const message = `the local chain's state ${state} is damaged: \`infernet chain --reset\` begins a new chain`
    return yield* new LocalChainError({ message })
  }
  return isWhole === true ? Option.some(state) : Option.none<string>()
})

/** Puts a state, as `anvil_dumpState` gives it, in the place of the old one. */
export const save = Effect.fnUntraced(function* (directory: string, dump: string) {
  const fs = yield* FileSystem.FileSystem
  const path = stateIn(directory)
  const draft = `${path}.new`
  yield* Effect.gen(function* () {
    const bytes = Bun.gunzipSync(Buffer.from(dump.slice(2), "hex"))
    yield* fs.remove(draft, { force: true })
    const file = yield* fs.open(draft, { flag: "wx", mode: 0o600 })
    yield* file.writeAll(bytes)
    yield* file.sync
    yield* fs.rename(draft, path)
  }).pipe(Effect.scoped, unusable(path))
})
