/** Writes the body of an answer into a part file, as fast as both go and not a byte more than was agreed. */
import { Clock, type Duration, Effect, type FileSystem } from "effect"
import { bytesOf } from "./bytes.ts"
import { InstallError, type OnProgress } from "./Install.ts"
import * as rate from "./rate.ts"
import * as request from "./request.ts"

export interface Transfer {
  readonly path: string
  readonly body: ReadableStreamDefaultReader<Uint8Array>
  /** Who sends it, for messages. */
  readonly host: string
  /** How many bytes are in the file. */
  readonly have: number
  /** How many there will be, where that is known. */
  readonly total: number | undefined
  readonly maxBytes: number | undefined
  /** How long the sender may send nothing. */
  readonly stall: Duration.Input
  /** Why a file that begins like this is not wanted. */
  readonly objection: (beginning: Uint8Array) => string | undefined
  /** Sees each piece that was written. */
  readonly take: (piece: Uint8Array) => void
  readonly progress: OnProgress
}

const fail = (reason: InstallError["reason"], message: string) => Effect.fail(new InstallError({ reason, message }))

export const tooLarge = (bytes: number, maxBytes: number) =>
  fail("not_allowed", `the file has ${bytesOf(bytes)} or more; this node's limit is ${bytesOf(maxBytes)}`)

/** Gives how many bytes the file has in the end; what could be written stays when it fails. */
export const transfer = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, options: Transfer) {
  const { body, have, host, maxBytes, path, progress, stall, take, total } = options
  const speed = rate.make()
  const file = yield* fs.open(path, { flag: "a", mode: 0o644 })
  let bytes = have

  const tell = Effect.map(Clock.currentTimeMillis, (now) => {
    const pace = speed.at(now, bytes)
    progress({
      phase: "downloading",
      completed_bytes: bytes,
      ...(total !== undefined && { total_bytes: total }),
      ...(pace !== undefined && { bytes_per_second: pace })
    })
  })

  const accept = Effect.fnUntraced(function* (piece: Uint8Array) {
    const why = bytes === 0 ? options.objection(piece) : undefined
    if (why !== undefined) return yield* fail("failed", why)
    bytes += piece.length
    if (maxBytes !== undefined && bytes > maxBytes) return yield* tooLarge(bytes, maxBytes)
    if (total !== undefined && bytes > total) return yield* fail("failed", `${host} sent more than it had said`)
    yield* file.writeAll(piece)
    take(piece)
    yield* tell
  })

  const next = Effect.tryPromise({ try: () => body.read(), catch: (cause) => request.unreachable(host, cause) }).pipe(
    Effect.timeoutOrElse({ duration: stall, orElse: () => fail("unreachable", `${host} stopped sending`) })
  )

  yield* tell
  for (let piece = yield* next; !piece.done; piece = yield* next) {
    if (piece.value.length > 0) yield* accept(piece.value)
  }
  yield* file.sync
  if (total !== undefined && bytes < total) return yield* fail("unreachable", `${host} broke off`)
  return bytes
}, Effect.scoped)
