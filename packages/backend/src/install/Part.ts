/** A download that is not whole yet: its bytes so far, and beside them what they are bytes of. */
import { Sha256 } from "@infernet/contract/Command"
import { Effect, type FileSystem, Option, Schema } from "effect"

/** The same source gives the same bytes while its validator (ETag or date) is the same, or if the checksum proves it. */
const Origin = Schema.Struct({
  url: Schema.String,
  validator: Schema.optionalKey(Schema.String),
  sha256: Schema.optionalKey(Sha256)
})
export type Origin = typeof Origin.Type

export interface Part {
  readonly path: string
  readonly bytes: number
  readonly validator: string | undefined
}

const Json = Schema.fromJsonString(Origin)
const decode = Schema.decodeUnknownOption(Json)
const encode = Schema.encodeEffect(Json)

const beside = (path: string) => `${path}.json`

export const discard = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, path: string) {
  yield* fs.remove(path, { force: true })
  yield* fs.remove(beside(path), { force: true })
})

/** What is there of this source; whatever is of another is deleted. */
export const find = Effect.fnUntraced(function* (
  fs: FileSystem.FileSystem,
  path: string,
  { sha256, url }: Pick<Origin, "url"> & { readonly sha256: string | undefined }
) {
  const text = yield* Effect.option(fs.readFileString(beside(path)))
  const origin = Option.getOrUndefined(Option.flatMap(text, decode))
  const info = Option.getOrUndefined(yield* Effect.option(fs.stat(path)))
  const proven = origin?.validator !== undefined || (sha256 !== undefined && origin?.sha256 === sha256)
  if (info !== undefined && origin?.url === url && origin.sha256 === sha256 && proven) {
    return { path, bytes: Number(info.size), validator: origin.validator } satisfies Part as Part
  }
  yield* discard(fs, path)
  return { path, bytes: 0, validator: undefined } satisfies Part as Part
})

/** Says what the part's bytes are of; called before the first of them is written. */
export const begin = Effect.fnUntraced(function* (fs: FileSystem.FileSystem, path: string, origin: Origin) {
  yield* fs.remove(path, { force: true })
  yield* fs.writeFileString(beside(path), yield* Effect.orDie(encode(origin)), { mode: 0o600 })
})

/** Feeds the bytes that are there to `take`, a megabyte at a time. */
export const replay = Effect.fnUntraced(function* (
  fs: FileSystem.FileSystem,
  { bytes, path }: Part,
  take: (piece: Uint8Array) => void
) {
  if (bytes === 0) return
  const file = yield* fs.open(path, { flag: "r" })
  const buffer = new Uint8Array(1 << 20)
  let left = bytes
  while (left > 0) {
    const read = yield* file.read(buffer)
    if (read === 0) return
    take(buffer.subarray(0, Math.min(read, left)))
    left -= read
  }
}, Effect.scoped)

/** Deletes what belongs to a part that has become a whole file. */
export const settle = (fs: FileSystem.FileSystem, path: string) => fs.remove(beside(path), { force: true })
