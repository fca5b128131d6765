/**
 * Appends to the files of receipts, and answers once the disk has it: a receipt is money, and what is promised to nobody
 * may be lost, but nothing else.
 *
 * ```
 *   <channel>.000001.jsonl   full: the next begins with all that counts of it, under another name until it is whole
 *   <channel>.000002.jsonl   appended to; what a crash or a full disk leaves of a last line is cut off
 * ```
 */
import * as KeyFile from "@infernet/auth/KeyFile"
import type { ChannelId } from "@infernet/contract/Receipt"
import { Effect, FileSystem, Path } from "effect"
import type { ChannelBook } from "./ChannelBook.ts"
import * as entries from "./entries.ts"
import { nameOf, type ReceiptFile, type ReceiptFolder } from "./ReceiptFolder.ts"

export interface WriterLimits {
  /** A file that would grow over this is followed by another one. */
  readonly fileBytes: number
  /** Of a channel: what is in older ones stays in the sums alone. */
  readonly files: number
}

/** Some 50,000 receipts of a channel, in 64 MiB. */
export const usualLimits: WriterLimits = { fileBytes: 4 << 20, files: 16 }

/** What a channel has on the disk. */
interface Place {
  /** Newest first. */
  readonly files: ReadonlyArray<ReceiptFile>
  /** Of the newest: all that is promised, and its first line. */
  readonly bytes: number
  readonly head: number
  /** There may be more behind that, which a write that failed has left. */
  readonly hasRest: boolean
}

const encoder = new TextEncoder()
const newLine = 0x0a

export const make = Effect.fnUntraced(function* (
  path: string,
  folder: ReceiptFolder,
  known: ReadonlyMap<ChannelId, ReadonlyArray<ReceiptFile>>,
  limits: WriterLimits
) {
  const fs = yield* FileSystem.FileSystem
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path>()
  const { join } = yield* Path.Path
  const places = new Map<ChannelId, Place>()

  const write = (file: string, bytes: Uint8Array, flag: "a" | "w") =>
    Effect.scoped(
      Effect.gen(function* () {
        const open = yield* fs.open(file, { flag, mode: 0o600 })
        yield* open.writeAll(bytes)
        yield* open.sync
      })
    )

  /** Begins the next file of a channel; the first one makes the folder. */
  const begin = Effect.fnUntraced(function* (book: ChannelBook, files: ReadonlyArray<ReceiptFile>) {
    const [keep, drop] = [files.slice(0, limits.files - 1), files.slice(limits.files - 1)]
    const oldest = keep.at(-1)
    if (drop.length > 0 && oldest !== undefined) book.drop((yield* folder.head(oldest))?.last ?? book.last)
    const number = (files[0]?.number ?? 0) + 1
    const file: ReceiptFile = { number, path: join(path, nameOf(book.id, number)) }
    const head = encoder.encode(entries.line(book.head()))
    if (files.length === 0) yield* fs.makeDirectory(path, { recursive: true, mode: 0o700 })
    yield* write(`${file.path}.new`, head, "w")
    yield* fs.rename(`${file.path}.new`, file.path)
    yield* KeyFile.syncFolder(path)
    yield* Effect.forEach(drop, (old) => fs.remove(old.path, { force: true }), { discard: true })
    return { files: [file, ...keep], bytes: head.length, head: head.length, hasRest: false }
  })

  /** Of a process before this one: what a crash has left of a last line is cut off. */
  const find = Effect.fnUntraced(function* (book: ChannelBook) {
    const files = known.get(book.id) ?? []
    const [newest] = files
    if (newest === undefined) return yield* begin(book, [])
    const all = yield* fs.readFile(newest.path)
    const bytes = all.lastIndexOf(newLine) + 1
    return { files, bytes, head: all.indexOf(newLine) + 1, hasRest: bytes < all.length }
  })

  /** All of them or none, and on the disk. */
  return Effect.fnUntraced(
    function* (book: ChannelBook, list: ReadonlyArray<entries.Entry>) {
      const text = encoder.encode(list.map(entries.line).join(""))
      let place: Place = places.get(book.id) ?? (yield* find(book))
      if (place.bytes - place.head + text.length > limits.fileBytes) place = yield* begin(book, place.files)
      const [file] = place.files
      if (file === undefined) return
      places.set(book.id, { ...place, hasRest: true })
      if (place.hasRest) yield* fs.truncate(file.path, place.bytes)
      yield* write(file.path, text, "a")
      places.set(book.id, { ...place, bytes: place.bytes + text.length, hasRest: false })
    },
    folder.explained,
    Effect.provideContext(services),
    // A write that is broken off would leave what nobody knows of.
    Effect.uninterruptible
  )
})
