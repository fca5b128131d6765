/**
 * A node's keys as files: each change is one rename, so a crash leaves the state before it or the one after.
 *
 *   node.key        signs
 *   node.next.key   made, and announced or about to be; waits until it is known that the control plane has it
 *   node.old.key    the one before, which may sign receipts of what was pending for a day; its time is that of the change
 */
import { Identity } from "@infernet/auth/Identity"
import * as KeyFile from "@infernet/auth/KeyFile"
import { receiptGraceHours } from "@infernet/contract/Node"
import { DateTime, Duration, Effect, FileSystem, Option, Path, type PlatformError } from "effect"

export const names = { key: "node.key", next: "node.next.key", old: "node.old.key" } as const

type Key = Identity["Service"]

/** Whatever is wrong with a disk, by the file that it concerns. */
const at =
  (path: string) =>
  <A, R>(effect: Effect.Effect<A, KeyFile.KeyFileError | PlatformError.PlatformError, R>) =>
    Effect.catchTag(effect, "PlatformError", ({ message }) =>
      Effect.fail(new KeyFile.KeyFileError({ path, reason: message }))
    )

const readIfThere = (path: string) =>
  KeyFile.read(path).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone)
  )

/** Reads them; makes the first one where there is none. */
export const open = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path
  const [keyPath, nextPath, oldPath] = [join(folder, names.key), join(folder, names.next), join(folder, names.old)]
  const key = Identity.fromStoredKey(yield* KeyFile.readOrCreate(keyPath))

  const readNext = Effect.map(at(nextPath)(readIfThere(nextPath)), (found) =>
    Option.getOrUndefined(Option.map(found, Identity.fromStoredKey))
  )

  const forgetOld = at(oldPath)(fs.remove(oldPath, { force: true }))

  /** Nobody is in need of it when its day is over. */
  const isOver = Effect.gen(function* () {
    const { mtime } = yield* fs.stat(oldPath)
    const age = DateTime.toEpochMillis(yield* DateTime.now) - (Option.getOrUndefined(mtime)?.getTime() ?? 0)
    return age > Duration.toMillis(Duration.hours(receiptGraceHours))
  })
  if (yield* Effect.orElseSucceed(isOver, () => false)) yield* forgetOld

  const found = yield* readNext
  return {
    key,
    /** The one that waits, unless it is a stranger's: of another home's node. */
    next: found?.id === key.id && found.publicKey !== key.publicKey ? found : undefined,

    /** The key that waits; else, or `anew`, one that is made now. On the disk before it is given. */
    prepare: (anew: boolean): Effect.Effect<Key, KeyFile.KeyFileError, Needs> =>
      Effect.gen(function* () {
        if (anew || (yield* readNext)?.id !== key.id) yield* fs.remove(nextPath, { force: true })
        const waiting = yield* readNext
        if (waiting !== undefined) return waiting
        yield* KeyFile.write(nextPath, { secret: yield* KeyFile.generate, node: key.id })
        return Identity.fromStoredKey(yield* KeyFile.read(nextPath))
      }).pipe(at(nextPath)),

    /** The one that waits takes its place, and the one before becomes the old one. Done half, it can be done again. */
    promote: Effect.gen(function* () {
      const now = DateTime.toDate(yield* DateTime.now)
      const draft = `${oldPath}.new`
      yield* fs.remove(draft, { force: true })
      yield* fs.link(keyPath, draft)
      yield* fs.utimes(draft, now, now)
      yield* fs.rename(draft, oldPath)
      // Where it was the old one already, as after a crash, that has done nothing.
      yield* fs.remove(draft, { force: true })
      // Not synced: a change that a power failure undoes is found out again at the next start.
      yield* fs.rename(nextPath, keyPath)
    }).pipe(at(keyPath)),

    forgetOld
  }
})

type Needs = Effect.Services<ReturnType<typeof open>> | Effect.Services<typeof KeyFile.generate>
export type KeyringFiles = Effect.Success<ReturnType<typeof open>>
