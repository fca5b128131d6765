/** Finds a directory for Unix sockets that is private to one user and short enough for the kernel. */
import { Effect, FileSystem, Option, Path, Schema } from "effect"

const advice = {
  owner: "belongs to another user: run this as that user, or set INFERNET_HOME to a directory of your own",
  open: "is not a directory closed to other users: remove it",
  unusable: "cannot be made and closed to other users: set INFERNET_HOME to a directory that you may write"
}

/** The directory that should hold a socket belongs to somebody else, is open to others, or cannot be had. */
export class UnsafeDirectory extends Schema.TaggedError<UnsafeDirectory>()("UnsafeDirectory", {
  path: Schema.String,
  reason: Schema.Literals(["owner", "open", "unusable"])
}) {
  override get message(): string {
    return `${this.path} ${advice[this.reason]}`
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
  const unusable = () => new UnsafeDirectory({ path, reason: "unusable" })
  const created = yield* fs.makeDirectory(path, { mode: 0o700 }).pipe(
    Effect.as(true),
    Effect.catchReason("PlatformError", "AlreadyExists", () => Effect.succeed(false)),
    Effect.mapError(unusable)
  )
  if (created && owner.uid !== self().uid) {
    yield* fs.chown(path, owner.uid, owner.gid).pipe(Effect.mapError(unusable))
  }
  // In a directory that everybody may write, somebody may have been there first.
  const link = yield* Effect.option(fs.readLink(path))
  const { type, uid, mode } = yield* fs.stat(path).pipe(Effect.mapError(unusable))
  if (Option.isNone(link) && Option.getOrElse(uid, () => -1) !== owner.uid) {
    return yield* new UnsafeDirectory({ path, reason: "owner" })
  }
  if (Option.isSome(link) || type !== "Directory" || (mode & 0o077) !== 0) {
    return yield* new UnsafeDirectory({ path, reason: "open" })
  }
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
