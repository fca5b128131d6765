/**
 * What this node has signed and was promised, in memory as it is on the disk: written first, then known.
 *
 * One process of a home holds it; others read the files (`Claims`).
 */
import type { ReceiptId } from "@infernet/contract/Id"
import type { ChannelId, ChannelTerms, Domain } from "@infernet/contract/Receipt"
import { Context, Deferred, Effect, Layer, Option, Queue } from "effect"
import { ChannelBook, type Past } from "./ChannelBook.ts"
import type { Entry } from "./entries.ts"
import * as lookUp from "./lookUp.ts"
import * as ReceiptFolder from "./ReceiptFolder.ts"
import * as ReceiptWriter from "./ReceiptWriter.ts"

export interface Writing {
  readonly channel: ChannelId
  readonly domain: Domain
  readonly terms: ChannelTerms
  readonly entry: Entry
}

type Answer<A> = Effect.Effect<A, ReceiptFolder.ReceiptFilesError>

export class ReceiptBooks extends Context.Service<
  ReceiptBooks,
  {
    readonly channels: () => ReadonlyArray<ChannelBook>
    readonly channel: (id: ChannelId) => ChannelBook | undefined
    /** What became of a bill, however long ago; `undefined` where it was never answered. */
    readonly past: (id: ReceiptId) => Answer<Past | undefined>
    /** The bill is older than what is kept, so nobody knows whether it was answered. */
    readonly isTooOld: (channel: ChannelId, id: ReceiptId) => boolean
    /** Written, in the order of calls, and known once it is on the disk; where it fails, none of it may be relied on. */
    readonly put: (writings: ReadonlyArray<Writing>) => Answer<void>
  }
>()("@infernet/daemon/receipt/ReceiptBooks") {
  /** The `receipts` folder of a home, which is made when it is first needed. */
  static readonly layerFolder = (folder: string, limits = ReceiptWriter.usualLimits) =>
    Layer.effect(
      ReceiptBooks,
      Effect.suspend(() => make(folder, limits))
    )
}

/** Bills that are looked up without the disk; of those that a control plane offers, few are older. */
const remembered = 4_096
/** A control plane has one for each of its processes, and new ones when its keys change. */
const mostChannels = 1_024
/** Writes that wait for their turn; those who want more wait for these. */
const mostWaiting = 256

const make = Effect.fnUntraced(function* (path: string, limits: ReceiptWriter.WriterLimits) {
  const folder = yield* ReceiptFolder.open(path)
  const books = new Map<ChannelId, ChannelBook>()
  const recent = new Map<ReceiptId, Past>()
  /** Bills up to this one may have been answered, and be in the files alone. */
  let horizon: ReceiptId | undefined
  const forgotten = (id: ReceiptId | undefined) => {
    if (id !== undefined && (horizon === undefined || id > horizon)) horizon = id
  }
  const told = (id: ReceiptId, past: Past) => {
    recent.delete(id)
    recent.set(id, past)
    const oldest = recent.size > remembered ? recent.keys().next().value : undefined
    if (oldest === undefined) return
    recent.delete(oldest)
    forgotten(oldest)
  }

  const files = yield* folder.list
  for (const [channel, of] of files) {
    const loaded = yield* folder.load(channel, of, told)
    if (loaded === undefined || loaded.damaged > 0) {
      yield* Effect.logError("receipts are damaged", { channel, folder: path, lines: loaded?.damaged })
    }
    if (loaded === undefined) continue
    books.set(channel, loaded.book)
    forgotten(loaded.last)
  }
  const append = yield* ReceiptWriter.make(path, folder, files, limits)

  const write = Effect.fnUntraced(function* (writings: ReadonlyArray<Writing>) {
    const byChannel = new Map<ChannelId, { readonly book: ChannelBook; readonly entries: Array<Entry> }>()
    for (const { channel: id, domain, entry, terms } of writings) {
      const empty = { type: "channel", version: 1, domain, terms, open: [], days: [] } as const
      const book = books.get(id) ?? new ChannelBook(id, empty, told)
      const there = byChannel.get(id) ?? { book, entries: [] }
      there.entries.push(entry)
      byChannel.set(id, there)
    }
    for (const { book, entries } of byChannel.values()) {
      if (!books.has(book.id) && books.size >= mostChannels) {
        const why = `there are ${books.size} channels already, more than a control plane has`
        return yield* new ReceiptFolder.ReceiptFilesError({ path, why })
      }
      yield* append(book, entries)
      books.set(book.id, book)
      for (const entry of entries) book.apply(entry)
    }
  })

  interface Waiting {
    readonly writings: ReadonlyArray<Writing>
    readonly done: Deferred.Deferred<void, ReceiptFolder.ReceiptFilesError>
  }
  const queue = yield* Queue.bounded<Waiting>(mostWaiting)

  // One disk sync for all that came during the one before.
  yield* Effect.gen(function* () {
    const waiting = yield* Queue.takeAll(queue)
    const exit = yield* Effect.exit(write(waiting.flatMap(({ writings }) => writings)))
    for (const { done } of waiting) Deferred.doneUnsafe(done, exit)
  }).pipe(
    Effect.forever,
    Effect.ignoreCause({ log: "Error", message: "receipts are no longer written" }),
    Effect.forkScoped
  )

  const put = Effect.fn("ReceiptBooks.put")(function* (writings: ReadonlyArray<Writing>) {
    if (writings.length === 0) return
    const done = Deferred.makeUnsafe<void, ReceiptFolder.ReceiptFilesError>()
    yield* Queue.offer(queue, { writings, done })
    yield* Deferred.await(done)
  })

  const past = Effect.fnUntraced(function* (id: ReceiptId) {
    for (const { open } of books.values()) {
      const entry = open.get(id)
      if (entry !== undefined && !recent.has(id)) return { state: "signed", usage: entry.bill.usage } satisfies Past
    }
    const found = recent.get(id)
    if (found !== undefined || horizon === undefined || id > horizon) return found
    const kept = Option.getOrUndefined(yield* lookUp.find(folder, id))
    if (kept === undefined) return undefined
    const { bill, state } = kept
    return { state, usage: bill.usage, ...(state === "disputed" && { reason: kept.reason }) } satisfies Past
  })

  return ReceiptBooks.of({
    channels: () => [...books.values()],
    channel: (id) => books.get(id),
    past,
    isTooOld: (channel, id) => {
      const dropped = books.get(channel)?.dropped
      return dropped !== undefined && id <= dropped && !recent.has(id)
    },
    put
  })
})
