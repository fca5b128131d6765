/** A secret key in a file: made once, never overwritten, refused when anybody but its owner can read it. */
import { NodeId } from "@infernet/contract/Id"
import { Data, Effect, FileSystem, Path, type PlatformError, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { isSecretKey } from "./signature.ts"

/** A key file that cannot be used; `reason` says what is wrong and what to do about it. */
export class KeyFileError extends Data.TaggedError("KeyFileError")<{
  readonly path: string
  readonly reason: string
}> {
  override get message() {
    return `The key file ${this.path} cannot be used: ${this.reason}`
  }
}

/** A key as its file has it: 64 hexadecimal digits, and in a second line whose key it is where that is not its address. */
export interface StoredKey {
  readonly secret: Redacted.Redacted<Uint8Array>
  /** Of a key that a node has got in the place of its first one, whose address is its id for ever. */
  readonly node: NodeId | undefined
}

/** 32 random bytes that are a key. All but one in 2^128 are, so the loop ends. */
export const generate = Effect.gen(function* () {
  const random = yield* SecureRandom.SecureRandom
  while (true) {
    const bytes = yield* random.randomBytes(32)
    if (isSecretKey(bytes)) return Redacted.make(bytes, { label: "secret key" })
  }
})

const othersMayRead = 0o077
const shape = /^([0-9a-f]{64})(?:\s+(0x[0-9a-f]{40}))?$/

/** The key in the file; fails with `NotFound` when there is none. */
export const read = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const { mode, type } = yield* fs.stat(path)
  if (type !== "File") return yield* new KeyFileError({ path, reason: "it is not a regular file" })
  if ((mode & othersMayRead) !== 0) {
    const reason =
      "other users of this machine can read it. If they are trusted, run chmod 600 on it; if not, delete it"
    return yield* new KeyFileError({ path, reason: `${reason} and a new key is made` })
  }
  const [, digits, node] = shape.exec((yield* fs.readFileString(path)).trim()) ?? []
  const bytes = digits === undefined ? undefined : hexToBytes(digits)
  if (bytes === undefined || !isSecretKey(bytes)) {
    const reason = "it does not hold a secp256k1 key in 64 lower-case hexadecimal digits. Restore it from a backup"
    return yield* new KeyFileError({ path, reason: `${reason}, or delete it and a new key is made` })
  }
  const key: StoredKey = {
    secret: Redacted.make(bytes, { label: "secret key" }),
    node: node === undefined ? undefined : NodeId.make(node)
  }
  return key
})

// Written and synced under another name, then linked: the key appears whole or not at all, and of two processes that
// start at once the second finds the first one's key (a rename would replace it).
/** Stores a key where there is no file yet, so that it is there also after a power failure; one that is there stays. */
export const write = Effect.fnUntraced(function* (path: string, { node, secret }: StoredKey) {
  const fs = yield* FileSystem.FileSystem
  const folder = (yield* Path.Path).dirname(path)
  yield* fs.makeDirectory(folder, { recursive: true, mode: 0o700 })
  const text = [bytesToHex(Redacted.value(secret)), ...(node === undefined ? [] : [node])].join("\n")
  const suffix = bytesToHex(yield* (yield* SecureRandom.SecureRandom).randomBytes(8))
  const draft = `${path}.${suffix}`
  yield* Effect.gen(function* () {
    const file = yield* fs.open(draft, { flag: "wx", mode: 0o600 })
    yield* file.writeAll(new TextEncoder().encode(`${text}\n`))
    yield* file.sync
  }).pipe(
    Effect.scoped,
    Effect.andThen(fs.link(draft, path).pipe(Effect.catchIf(because("AlreadyExists"), () => Effect.void))),
    Effect.ensuring(Effect.ignore(fs.remove(draft, { force: true })))
  )
  yield* syncFolder(folder)
})

/**
 * What was linked or renamed in a folder is there after a power failure only once the folder is written as well. On
 * Windows, which opens no folders, the file system sees to that.
 */
export const syncFolder = Effect.fnUntraced(function* (folder: string) {
  if (process.platform === "win32") return
  const fs = yield* FileSystem.FileSystem
  yield* Effect.scoped(Effect.flatMap(fs.open(folder, { flag: "r" }), (file) => file.sync))
})

const because = (tag: PlatformError.SystemErrorTag) => (error: PlatformError.PlatformError) => error.reason._tag === tag

/** The key in the file; a new one when there is no file yet. */
export const readOrCreate = (path: string) =>
  read(path).pipe(
    Effect.catchIf(
      (error) => error._tag === "PlatformError" && because("NotFound")(error),
      () =>
        Effect.flatMap(generate, (secret) => write(path, { secret, node: undefined })).pipe(Effect.andThen(read(path)))
    )
  )
