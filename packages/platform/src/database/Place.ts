/** Where the embedded server's files lie: in the home, or beside it where the server's user cannot enter the home. */
import { Effect, FileSystem, Path } from "effect"
import { self } from "../SocketDirectory.ts"
import { EmbeddedUnavailable } from "./EmbeddedError.ts"
import { canEnter, type ServerUser } from "./ServerUser.ts"

const shared = "/var/lib/infernet"

const unusable = (path: string) => Effect.mapError((cause: Error) => EmbeddedUnavailable.refused(path, cause))

/** Makes a directory of ours with exactly this mode, whatever the mask; one that is there stays as it is. */
const make = Effect.fnUntraced(function* (path: string, mode: number) {
  const fs = yield* FileSystem.FileSystem
  if (yield* Effect.orElseSucceed(fs.exists(path), () => false)) return
  yield* fs.makeDirectory(path, { recursive: true }).pipe(unusable(path))
  yield* fs.chmod(path, mode).pipe(unusable(path))
})

/**
 * The directory that holds the server's programs, data and sockets. `preferred` is its path in the home;
 * where the server's user cannot get there, it is a link to the place in `/var/lib` that stands in for it.
 * No directory that was there before is opened to anybody.
 */
export const find = Effect.fnUntraced(function* (preferred: string, user: ServerUser) {
  const fs = yield* FileSystem.FileSystem
  const path = yield* Path.Path
  if (user.uid === self().uid) {
    yield* make(preferred, 0o700)
    return preferred
  }
  const linked = yield* Effect.orElseSucceed(fs.readLink(preferred), () => undefined)
  if (linked === undefined && (yield* canEnter(user, path.dirname(preferred)))) {
    yield* make(preferred, 0o711)
  } else if (linked === undefined && !(yield* Effect.orElseSucceed(fs.exists(preferred), () => false))) {
    const place = path.join(shared, Bun.hash(preferred).toString(36))
    yield* make(shared, 0o755)
    yield* make(place, 0o711)
    yield* fs.symlink(place, preferred).pipe(unusable(preferred))
  } else if (linked !== undefined) {
    // The place may have been lost with the container that had it: start anew rather than not at all.
    yield* make(shared, 0o755)
    yield* make(linked, 0o711)
  }
  const place = yield* fs.realPath(preferred).pipe(unusable(preferred))
  if (!(yield* canEnter(user, place))) {
    const detail = `the user ${user.name}, as which the server runs, cannot enter ${place}`
    return yield* new EmbeddedUnavailable({ reason: "directory", detail })
  }
  return place
})
