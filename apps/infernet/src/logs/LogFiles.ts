/** The files of one log, as they lie at this moment: kept open, so that a rotation takes nothing from who reads. */
import { Effect, FileSystem, Option } from "effect"
import { kept } from "../terminal/logFile.ts"

export interface LogFile {
  readonly file: FileSystem.File
  /** Tells a file from the one that takes its name. */
  readonly inode: bigint
  readonly size: number
}

/** One that exists; none where it does not, or has just been renamed. */
export const open = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  return yield* Effect.gen(function* () {
    const file = yield* fs.open(path, { flag: "r" })
    const { ino, size } = yield* file.stat
    return Option.some<LogFile>({ file, inode: Option.getOrElse(ino, () => 0n), size: Number(size) })
  }).pipe(Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone))
})

/** All of them, the oldest first. */
export const openAll = Effect.fnUntraced(function* (path: string) {
  const files: Array<LogFile> = []
  // The newest first: one that is renamed meanwhile is met again under its next name, not missed.
  for (let number = 0; number <= kept; number++) {
    const found = yield* open(number === 0 ? path : `${path}.${number}`)
    if (Option.isSome(found) && files.every(({ inode }) => inode !== found.value.inode)) files.unshift(found.value)
  }
  return files
})
