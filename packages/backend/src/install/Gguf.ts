/** What a GGUF file says of itself in its header: enough to offer it, to see whether it fits, and to refuse what is none. */
import { Effect, type FileSystem } from "effect"
import { quantizationOf } from "./fileTypes.ts"
import { NotGguf, reader, type Reader, Truncated } from "./ggufReader.ts"
import { InstallError } from "./Install.ts"
import { unusable } from "./ModelFiles.ts"

export interface Header {
  readonly architecture: string
  readonly name: string | undefined
  readonly quantization: string | undefined
  /** As trained. */
  readonly contextLength: number | undefined
  readonly parameters: number
  /** Of the KV cache at 16 bits a number; `undefined` where the header does not tell, as with recurrent models. */
  readonly cacheBytesPerToken: number | undefined
  /** Made to give vectors rather than text. */
  readonly embeds: boolean
  /** Its chat template knows of reasoning that comes before the answer. */
  readonly thinks: boolean
  /** A file of fewer bytes is cut short. */
  readonly bytesAtLeast: number
}

const limits = { keys: 4096, key: 256, tensors: 1 << 16, name: 256, dimensions: 4, dimension: 2 ** 40, offset: 2 ** 50 }

/** Whether a file may be GGUF, by its first bytes; fewer than four decide nothing. */
export const begins = (bytes: Uint8Array): boolean =>
  [0x47, 0x47, 0x55, 0x46].every((byte, index) => bytes[index] === undefined || bytes[index] === byte)

const metadata = (from: Reader, keys: number): ReadonlyMap<string, number | string> => {
  const values = new Map<string, number | string>()
  for (let index = 0; index < keys; index++) {
    const key = from.string("key", limits.key)
    const value = from.value(from.u32())
    if (value !== undefined) values.set(key, value)
  }
  return values
}

const tensors = (from: Reader, count: number) => {
  let parameters = 0
  let last = 0
  for (let index = 0; index < count; index++) {
    from.string("tensor", limits.name)
    const dimensions = from.u32()
    if (dimensions > limits.dimensions) throw new NotGguf(`a tensor of ${dimensions} dimensions`)
    let size = 1
    for (let axis = 0; axis < dimensions; axis++) size *= from.count("dimension", limits.dimension)
    parameters += size
    from.u32()
    last = Math.max(last, from.count("offset", limits.offset))
  }
  return { parameters, last }
}

/** Reads a header; throws `Truncated` where there must be more bytes, and `NotGguf`. */
export const parse = (bytes: Uint8Array): Header => {
  if (!begins(bytes)) throw new NotGguf("it does not begin with GGUF")
  const from = reader(bytes)
  from.u32()
  const version = from.u32()
  if (version !== 2 && version !== 3) throw new NotGguf(`version ${version}, where 2 and 3 are known`)
  const tensorCount = from.count("tensors", limits.tensors)
  const values = metadata(from, from.count("keys", limits.keys))
  const { last, parameters } = tensors(from, tensorCount)

  const text = (key: string) => {
    const value = values.get(key)
    return typeof value === "string" && value !== "" ? value.slice(0, 256) : undefined
  }
  const architecture = text("general.architecture")
  if (architecture === undefined) throw new NotGguf("it names no architecture")
  const number = (key: string) => {
    const value = values.get(`${architecture}.${key}`)
    return typeof value === "number" && Number.isSafeInteger(value) && value > 0 ? value : undefined
  }
  const heads = number("attention.head_count")
  const width = number("embedding_length")
  const layers = number("block_count")
  const headSize = heads === undefined || width === undefined ? undefined : width / heads
  const keySize = number("attention.key_length") ?? headSize
  const valueSize = number("attention.value_length") ?? headSize
  const shared = number("attention.head_count_kv") ?? heads
  const cache =
    layers !== undefined && shared !== undefined && keySize !== undefined && valueSize !== undefined
      ? layers * shared * (keySize + valueSize) * 2
      : undefined
  const type = values.get("general.file_type")
  return {
    architecture,
    name: text("general.name"),
    quantization: typeof type === "number" ? quantizationOf(type) : undefined,
    contextLength: number("context_length"),
    parameters,
    cacheBytesPerToken: cache,
    embeds: number("pooling_type") !== undefined || /bert/.test(architecture),
    thinks: /<\/?think>/.test(String(values.get("tokenizer.chat_template") ?? "")),
    bytesAtLeast: from.at() + last
  }
}

/** Vocabularies of 260 thousand words take some ten megabytes; nothing reasonable takes this. */
const headerLimit = 64 << 20

const refused = (why: string) =>
  new InstallError({
    reason: "failed",
    message: `the file is no GGUF file that can be used (${why}): check what was downloaded, or choose another file`
  })

const attempt = (bytes: Uint8Array, whole: boolean) =>
  Effect.try({
    try: () => parse(bytes),
    catch: (cause) => (cause instanceof Truncated || cause instanceof NotGguf ? cause : new NotGguf(String(cause)))
  }).pipe(
    Effect.catch((error) =>
      error instanceof NotGguf || whole
        ? Effect.fail(refused(error instanceof NotGguf ? error.message : "it is cut short"))
        : Effect.succeed(undefined)
    )
  )

/** Reads the header of a file, and no more of it than that takes. */
export const read = Effect.fn("Gguf.read")(function* (fs: FileSystem.FileSystem, path: string) {
  const file = yield* Effect.mapError(fs.open(path, { flag: "r" }), unusable)
  const bytes = Number((yield* Effect.mapError(file.stat, unusable)).size)
  for (let size = 1 << 20; ; size *= 4) {
    const wanted = Math.min(size, bytes, headerLimit)
    const buffer = new Uint8Array(wanted)
    let filled = 0
    while (filled < wanted) {
      const read = yield* Effect.mapError(file.read(buffer.subarray(filled), { position: BigInt(filled) }), unusable)
      if (read === 0) break
      filled += read
    }
    const header = yield* attempt(buffer.subarray(0, filled), wanted === bytes || wanted === headerLimit)
    if (header === undefined) continue
    if (header.bytesAtLeast > bytes) return yield* refused("it is cut short")
    return header
  }
}, Effect.scoped)
