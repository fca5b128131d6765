/** A lock file that one process holds at a time and that the kernel releases when the process dies, however it dies. */
import { Database, SQLiteError } from "bun:sqlite"
import { basename } from "node:path"
import { Effect, FileSystem, Option, Schema } from "effect"
import * as refused from "./refused.ts"

/** Somebody else holds the lock; who, as far as it wrote it down. */
export class LockHeld extends Schema.TaggedError<LockHeld>()("LockHeld", {
  path: Schema.String,
  pid: Schema.optional(Schema.Int),
  command: Schema.optional(Schema.String)
}) {
  override get message(): string {
    const who = this.pid === undefined ? "another process" : `${this.command ?? "a process"} (pid ${this.pid})`
    return `${this.path} is held by ${who}`
  }
}

/** The lock's file cannot be made or written. */
export class LockUnusable extends Schema.TaggedError<LockUnusable>()("LockUnusable", {
  path: Schema.String,
  cause: Schema.Defect()
}) {
  override get message(): string {
    return `${this.path} cannot be used: ${refused.why(this.cause)}`
  }
}

const Holder = Schema.fromJsonString(Schema.Struct({ pid: Schema.Int, command: Schema.String }))

const current = () => ({
  pid: process.pid,
  command: [...process.argv.slice(1, 2).map((script) => basename(script)), ...process.argv.slice(2)].join(" ")
})

/**
 * An exclusive transaction is the one lock that Bun offers on every system without native code. Unlike a
 * file with a pid in it, it cannot outlive its holder, nor be mistaken for held when the pid is used again.
 */
const open = (path: string): Database | undefined => {
  const database = new Database(path, { create: true, readwrite: true })
  try {
    database.run("begin exclusive")
    return database
  } catch (error) {
    database.close()
    if (error instanceof SQLiteError && error.code === "SQLITE_BUSY") return undefined
    throw error
  }
}

/** Holds the lock at `path` (its directory exists) until the scope closes; fails at once when it is held. */
export const acquire = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  // Beside the lock, never in it: closing a second handle on a locked file would drop the lock.
  const note = `${path}.holder`
  const unusable = (cause: unknown) => new LockUnusable({ path, cause })
  const text = yield* Effect.orDie(Schema.encodeEffect(Holder)(current()))
  const writeNote = Effect.mapError(fs.writeFileString(note, text, { mode: 0o600 }), unusable)
  const held = yield* Effect.acquireRelease(Effect.try({ try: () => open(path), catch: unusable }), (database) =>
    Effect.sync(() => database?.close())
  ).pipe(
    // SQLite does not tell what the system refused: writing beside the lock does.
    Effect.tapError(() => writeNote)
  )
  if (held === undefined) {
    const holder = yield* fs.readFileString(note).pipe(
      Effect.flatMap((text) => Schema.decodeEffect(Holder)(text)),
      // The name is a courtesy: the lock is held all the same.
      Effect.option
    )
    return yield* new LockHeld({ path, ...Option.getOrUndefined(holder) })
  }
  // Whoever may read the file may lock it too.
  yield* Effect.mapError(fs.chmod(path, 0o600), unusable)
  yield* writeNote
})
