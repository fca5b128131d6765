/** Finds a directory for Unix sockets that is private to one user and short enough for the kernel. */
import { Effect, FileSystem, Option, Path, Schema } from "effect"

/** The directory that should hold a socket belongs to somebody else, or is open to others. */
export class UnsafeDirectory extends Schema.TaggedError<UnsafeDirectory>()("UnsafeDirectory", { path: Schema.String }) {
  override get message(): string {
    return `${this.path} is not a directory private to the user that needs it: remove it`
  }
}

export interface Owner {
  readonly uid: number
  readonly gid: number
}

/** What `sockaddr_un` takes on the smallest system (macOS), its closing zero left out. */
const longestPath = 103

/** The process's own user; on a system without numbers (Windows) there is nothing to compare. */
export const self = (): Owner => ({ uid: process.getuid?.() ?? -1, gid: process.getgid?.() ?? -1 })

/** Makes a directory with mode 0700 for its owner, or accepts the one there if it is just that. */
export const make = Effect.fnUntraced(function* (path: string, owner: Owner) {
  const fs = yield* FileSystem.FileSystem
  const unsafe = () => new UnsafeDirectory({ path })
  const created = yield* fs.makeDirectory(path, { mode: 0o700 }).pipe(
    Effect.as(true),
    Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.succeed(false)),
    Effect.mapError(unsafe)
  )
  if (created && owner.uid !== self().uid) {
    yield* fs.chown(path, owner.uid, owner.gid).pipe(Effect.mapError(unsafe))
  }
  // In a directory that everybody may write, somebody may have been there first.
  const link = yield* Effect.option(fs.readLink(path))
  const { type, uid, mode } = yield* fs.stat(path).pipe(Effect.mapError(unsafe))
  const owned = Option.getOrElse(uid, () => -1) === owner.uid && (mode & 0o077) === 0
  if (Option.isSome(link) || type !== "Directory" || !owned) return yield* unsafe()
  return path
})

/**
 * The preferred directory if a socket called `name` fits in it, else one in `/tmp` that depends on nothing
 * but the preferred path: whoever knows the one finds the other.
 */
export const choose = Effect.fnUntraced(function* (preferred: string, name: string, owner: Owner) {
  const path = yield* Path.Path
  const fits = Buffer.byteLength(path.join(preferred, name)) <= longestPath
  const hash = Bun.hash(`${owner.uid} ${preferred}`).toString(36)
  return yield* make(fits ? preferred : `/tmp/infernet-${hash}`, owner)
})
