/** The files of receipts in a home, as any process of it may read them while another one writes. */
import type { ReceiptId } from "@infernet/contract/Id"
import { ChannelId } from "@infernet/contract/Receipt"
import { channelIdOf } from "@infernet/payment/receipt/digest"
import * as refused from "@infernet/platform/refused"
import { Data, Effect, FileSystem, Path, type PlatformError } from "effect"
import { ChannelBook, type Past } from "./ChannelBook.ts"
import * as entries from "./entries.ts"

/** The folder or a file in it cannot be read or written: `message` names it and says what to do. */
export class ReceiptFilesError extends Data.TaggedError("ReceiptFilesError")<{
  readonly path: string
  readonly why: string
}> {
  override get message() {
    return `the receipts in ${this.path} cannot be used: ${this.why}`
  }
}

const shape = /^([0-9a-f]{64})\.([0-9]{6})\.jsonl$/

/** Of a channel's file with this number. */
export const nameOf = (channel: ChannelId, number: number): string =>
  `${channel.slice(2)}.${String(number).padStart(6, "0")}.jsonl`

export interface ReceiptFile {
  readonly path: string
  readonly number: number
}

export interface Loaded {
  readonly book: ChannelBook
  /** Newest first. */
  readonly files: ReadonlyArray<ReceiptFile>
  /** The highest id of a bill that was answered in a file that was not read. */
  readonly last: ReceiptId | undefined
  readonly damaged: number
}

export const open = Effect.fnUntraced(function* (folder: string) {
  const fs = yield* FileSystem.FileSystem
  const { join } = yield* Path.Path

  const explained = <A, R>(effect: Effect.Effect<A, PlatformError.PlatformError | ReceiptFilesError, R>) =>
    Effect.catchTag(effect, "PlatformError", (error) =>
      Effect.fail(new ReceiptFilesError({ path: folder, why: refused.why(error) }))
    )

  /** Each channel's files, newest first. */
  const list = Effect.gen(function* () {
    const names = yield* fs
      .readDirectory(folder)
      .pipe(Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed<Array<string>>([])))
    const channels = new Map<ChannelId, Array<ReceiptFile>>()
    for (const name of names.toSorted().toReversed()) {
      const [, digits, number] = shape.exec(name) ?? []
      if (digits === undefined) continue
      const channel = ChannelId.make(`0x${digits}`)
      const file = { path: join(folder, name), number: Number(number) }
      channels.set(channel, [...(channels.get(channel) ?? []), file])
    }
    return channels
  }).pipe(explained)

  /** Nothing where a writer has dropped it meanwhile. */
  const text = (path: string) =>
    fs.readFileString(path).pipe(
      Effect.catchReason("PlatformError", "NotFound", () => Effect.succeed("")),
      explained
    )

  /** The first line of a file. */
  const head = Effect.fnUntraced(function* ({ path }: ReceiptFile) {
    return entries.read(yield* text(path), () => false)?.head
  })

  /** From the newest file that can be read on; `undefined` where none can, or they are not of the channel they name. */
  const load = Effect.fnUntraced(function* (
    channel: ChannelId,
    files: ReadonlyArray<ReceiptFile>,
    told?: (id: ReceiptId, past: Past) => void
  ) {
    const newer: Array<entries.Content> = []
    let damaged = 0
    for (const { path } of files) {
      const content = entries.read(yield* text(path))
      if (content === undefined) {
        damaged += 1
        continue
      }
      damaged += content.damaged
      newer.unshift(content)
      const { head } = content
      if (channelIdOf(head.domain, head.terms) !== channel) return undefined
      const book = new ChannelBook(channel, head, told)
      for (const { entries } of newer) for (const entry of entries) book.apply(entry)
      const loaded: Loaded = { book, files, last: head.last, damaged }
      return loaded
    }
    return undefined
  })

  return { list, load, text, head, explained }
})
export type ReceiptFolder = Effect.Success<ReturnType<typeof open>>
