/** Files in memory: real ones answer in real time, which the test clock does not wait for. */
import { Effect, FileSystem, Layer, PlatformError } from "effect"

const missing = PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" })

const noRoom = PlatformError.systemError({
  _tag: "Unknown",
  module: "FileSystem",
  method: "write",
  cause: Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
})

const bug = Effect.die(new Error("this fake of a file can only be written to"))

export interface Disk {
  /** The dead write nothing. */
  readonly isDead?: () => boolean
  /** Bytes that a write still finds room for; what does not fit is written in part. */
  readonly room?: () => number
}

/** A disk with these texts by their path, which outlives its processes. */
export const layer = (disk?: Map<string, string>, { isDead = () => false, room = () => Infinity }: Disk = {}) =>
  Layer.unwrap(
    Effect.sync(() => {
      const texts = disk ?? new Map<string, string>()
      const found = (path: string) =>
        Effect.suspend(() => Effect.fromNullishOr(texts.get(path)).pipe(Effect.mapError(() => missing)))
      const put = (path: string, text: string) => void (isDead() || texts.set(path, text))
      const append = (path: string, bytes: Uint8Array) =>
        Effect.suspend(() => {
          const fits = Math.min(bytes.length, room())
          put(path, (texts.get(path) ?? "") + Buffer.from(bytes.subarray(0, fits)).toString())
          return fits < bytes.length ? Effect.fail(noRoom) : Effect.void
        })
      const open = (path: string): FileSystem.File => ({
        [FileSystem.FileTypeId]: FileSystem.FileTypeId,
        writeAll: (bytes) => append(path, bytes),
        write: (bytes) => Effect.as(append(path, bytes), bytes.length),
        sync: Effect.void,
        stat: bug,
        seek: () => bug,
        read: () => bug,
        readAlloc: () => bug,
        truncate: () => bug
      })
      return FileSystem.layerNoop({
        makeDirectory: () => Effect.void,
        readDirectory: (folder) =>
          Effect.sync(() =>
            [...texts.keys()].flatMap((path) => (path.startsWith(`${folder}/`) ? [path.slice(folder.length + 1)] : []))
          ),
        readFileString: found,
        readFile: (path) => Effect.map(found(path), (text) => Buffer.from(text)),
        writeFileString: (path, text) => Effect.sync(() => put(path, text)),
        rename: (from, to) =>
          Effect.sync(() => {
            put(to, texts.get(from) ?? "")
            if (!isDead()) texts.delete(from)
          }),
        remove: (path) => Effect.sync(() => void (isDead() || texts.delete(path))),
        truncate: (path, length = 0) =>
          Effect.sync(() =>
            put(
              path,
              Buffer.from(texts.get(path) ?? "")
                .subarray(0, length)
                .toString()
            )
          ),
        open: (path, { flag = "r" } = {}) =>
          Effect.sync(() => {
            if (flag.startsWith("w")) put(path, "")
            return open(path)
          })
      })
    })
  )
