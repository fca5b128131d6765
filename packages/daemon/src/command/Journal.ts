/** The commands of this node in a file, so that none is done twice or left untold by a process that was killed. */
import { Command, CommandReport } from "@infernet/contract/Command"
import { Context, Effect, FileSystem, Layer, Path, Schema, Semaphore } from "effect"

export const Entry = Schema.Struct({
  command: Command,
  /** How often it was begun, by this process and those before it. */
  starts: Schema.Int,
  /** How it ended, and whether the control plane has answered that. */
  end: Schema.optionalKey(CommandReport),
  told: Schema.Boolean
})
export type Entry = typeof Entry.Type

export class Journal extends Context.Service<
  Journal,
  {
    /** What was written last; nothing where the file is missing or damaged: open commands come again by themselves. */
    readonly read: Effect.Effect<ReadonlyArray<Entry>>
    /** Writes what the function gives when its turn has come. A disk that is full costs the memory, not the commands. */
    readonly write: (entries: () => ReadonlyArray<Entry>) => Effect.Effect<void>
  }
>()("@infernet/daemon/command/Journal") {
  static readonly layerFile = (path: string) =>
    Layer.effect(
      Journal,
      Effect.suspend(() => make(path))
    )
}

const Content = Schema.fromJsonString(Schema.Struct({ entries: Schema.Array(Entry).check(Schema.isMaxLength(1_000)) }))

const make = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = (yield* Path.Path).dirname(path)
  const turn = yield* Semaphore.make(1)

  const read = Effect.gen(function* () {
    const text = yield* fs.readFileString(path)
    return (yield* Schema.decodeUnknownEffect(Content)(text)).entries
  }).pipe(
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed<ReadonlyArray<Entry>>([])),
    Effect.catch(({ message }) =>
      Effect.as(Effect.logWarning("the commands of before cannot be read", { path, reason: message }), [])
    )
  )

  // Renamed into place, so that a crash leaves the old file or the new one.
  const write = (entries: () => ReadonlyArray<Entry>) =>
    Effect.gen(function* () {
      const text = yield* Schema.encodeEffect(Content)({ entries: entries() })
      yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
      yield* fs.writeFileString(`${path}.new`, text, { mode: 0o600 })
      yield* fs.rename(`${path}.new`, path)
    }).pipe(
      Effect.catch(({ message }) => Effect.logWarning("commands cannot be written down", { path, reason: message })),
      turn.withPermits(1)
    )

  return Journal.of({ read, write })
})
