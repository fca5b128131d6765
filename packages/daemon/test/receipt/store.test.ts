import { describe, expect } from "bun:test"
import { noChain } from "@infernet/contract/Receipt"
import { Claims } from "@infernet/daemon/receipt/Claims"
import { ReceiptBooks } from "@infernet/daemon/receipt/ReceiptBooks"
import { usualLimits } from "@infernet/daemon/receipt/ReceiptWriter"
import * as Files from "@infernet/testing/fakes/Files"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Layer, Option, Path } from "effect"
import * as papers from "./papers.ts"

const { countersigned, offer, signed } = papers

const folder = "/receipts"
type Disk = Map<string, string>

/** A process that writes; its queue ends with the scope. */
const writer = (disk: Disk, room?: () => number, limits = usualLimits) =>
  Layer.build(
    Layer.fresh(
      ReceiptBooks.layerFolder(folder, limits).pipe(
        Layer.provide([Files.layer(disk, room === undefined ? {} : { room }), Path.layer])
      )
    )
  ).pipe(Effect.map((context) => Context.get(context, ReceiptBooks)))

const reader = (disk: Disk) =>
  Layer.build(Layer.fresh(Claims.layerFolder(folder).pipe(Layer.provide([Files.layer(disk), Path.layer])))).pipe(
    Effect.map((context) => Context.get(context, Claims))
  )

const claims = (disk: Disk) => Effect.flatMap(reader(disk), ({ newest }) => newest)

/** The one file there is. */
const only = (disk: Disk) => {
  const [[path, text] = ["", ""]] = disk
  return { path, text }
}

describe("receipts on the disk", () => {
  it("tell another process the newest of a channel and its sums, as they are written", () =>
    Effect.gen(function* () {
      const disk: Disk = new Map()
      const books = yield* writer(disk)
      expect(yield* claims(disk)).toEqual([])
      const ceiling = papers.voucher(noChain, papers.terms(), 9_000)
      yield* books.put([papers.kept(ceiling, noChain, papers.terms()), signed(offer(1)), signed(offer(2))])
      yield* books.put([countersigned(offer(1))])
      const [claim] = yield* claims(disk)
      expect(claim).toMatchObject({
        voucher: ceiling,
        signed: { bill: offer(2).bill },
        receipt: { ...offer(1).bill, plane_key: papers.planeKey.publicKey },
        sums: { bills: 2, earned: 6_000n, signed: 6_000n, countersigned: 3_000n, disputed: 0n },
        waiting: { bills: 1, amount: 3_000n, since: 1_002 }
      })
      expect(claim?.days.get("2025-11-22")).toEqual(claim?.sums)
    }))

  it(
    "are what they were before or after, wherever in the last line a crash cut it off",
    () =>
      Effect.gen(function* () {
        const disk: Disk = new Map()
        const books = yield* writer(disk)
        yield* books.put([signed(offer(1))])
        const before = only(disk).text.length
        yield* books.put([countersigned(offer(1))])
        const { path, text } = only(disk)
        const again = countersigned(offer(1))
        for (let length = before; length < text.length; length++) {
          const torn: Disk = new Map([[path, text.slice(0, length)]])
          expect((yield* claims(torn))[0]?.receipt).toBeUndefined()
          // The next process cuts off the rest, and goes on.
          const next = yield* writer(torn)
          yield* next.put([again])
          expect(only(torn).text).toBe(text)
        }
        expect((yield* claims(new Map([[path, text]])))[0]?.receipt).toMatchObject({ seq: 1 })
      }),
    { timeout: 30_000 }
  )

  it("lose nothing to a full disk: what does not fit is as if it had not been, and room makes it right", () =>
    Effect.gen(function* () {
      const disk: Disk = new Map()
      let room = Number.POSITIVE_INFINITY
      const books = yield* writer(disk, () => room)
      yield* books.put([signed(offer(1))])
      const { text } = only(disk)
      for (room of [0, 1, 700]) {
        const failed = yield* Effect.flip(books.put([signed(offer(2))]))
        expect(failed.message).toBe(
          "the receipts in /receipts cannot be used: its disk is full: make room there and try again"
        )
        expect(books.channels()[0]?.open.size).toBe(1)
        expect((yield* claims(disk))[0]?.sums).toMatchObject({ bills: 1 })
      }
      room = Number.POSITIVE_INFINITY
      yield* books.put([signed(offer(2))])
      expect(only(disk).text.startsWith(text)).toBe(true)
      expect((yield* claims(disk))[0]?.sums).toMatchObject({ bills: 2, signed: 6_000n })
    }))

  it("do not begin a channel on a full disk, and do once there is room", () =>
    Effect.gen(function* () {
      const disk: Disk = new Map()
      let room = 100
      const books = yield* writer(disk, () => room)
      yield* Effect.flip(books.put([signed(offer(1))]))
      expect(yield* claims(disk)).toEqual([])
      room = Number.POSITIVE_INFINITY
      yield* books.put([signed(offer(1))])
      expect((yield* claims(disk))[0]?.sums).toMatchObject({ bills: 1 })
    }))

  it("stay bounded: old files go, with their receipts in the sums, and the newest of all in the file that stays", () =>
    Effect.gen(function* () {
      const disk: Disk = new Map()
      const books = yield* writer(disk, undefined, { fileBytes: 3_000, files: 3 })
      for (let n = 1; n <= 20; n++) yield* books.put([signed(offer(n)), ...(n === 20 ? [] : [countersigned(offer(n))])])
      expect(disk.size).toBe(3)
      const [claim] = yield* claims(disk)
      expect(claim).toMatchObject({
        sums: { bills: 20, signed: 60_000n, countersigned: 57_000n },
        receipt: { seq: 19 }
      })
      const { find, receipts } = yield* reader(disk)
      expect(yield* find(papers.billOf(1))).toEqual(Option.none())
      expect(Option.getOrThrow(yield* find(papers.billOf(19)))).toMatchObject({ state: "countersigned" })
      const newest = yield* receipts({ limit: 3 })
      expect(newest.map(({ bill, state }) => [bill.seq, state])).toEqual([
        [19, "countersigned"],
        [18, "countersigned"],
        [20, "signed"]
      ])
      // A process after it knows as much.
      const next = yield* writer(disk)
      const channel = next.channels()[0]
      expect(channel?.sums).toEqual(claim?.sums)
      if (channel === undefined) return
      expect([1, 20].map((n) => next.isTooOld(channel.id, papers.billOf(n)))).toEqual([true, false])
      expect(yield* next.past(papers.billOf(19))).toMatchObject({ state: "countersigned" })
      expect(yield* next.past(papers.billOf(21))).toBeUndefined()
    }))

  it("pass over a line in the middle that nobody can read", () =>
    Effect.gen(function* () {
      const disk: Disk = new Map()
      const books = yield* writer(disk)
      yield* books.put([signed(offer(1)), signed(offer(2)), countersigned(offer(2))])
      const { path, text } = only(disk)
      disk.set(path, text.replace('"bill":{"id":"cpr_00000000000000000001"', '"bill":{"id":"cpr_0'))
      expect((yield* claims(disk))[0]).toMatchObject({ receipt: { seq: 2 }, sums: { bills: 1 } })
      const next = yield* writer(disk)
      yield* next.put([signed(offer(3))])
      expect((yield* claims(disk))[0]).toMatchObject({ signed: { bill: { seq: 3 } } })
    }))

  it("count a bill once that was signed again", () =>
    Effect.gen(function* () {
      const disk: Disk = new Map()
      const books = yield* writer(disk)
      yield* books.put([signed(offer(1)), signed(offer(2))])
      const anew = signed(offer(2, { cumulative: "3000" }), papers.nextKey)
      if (anew.entry.type !== "signed") throw new Error("not signed")
      yield* books.put([{ ...anew, entry: { ...anew.entry, before: "signed" } }])
      expect((yield* claims(disk))[0]).toMatchObject({
        sums: { bills: 2, signed: 6_000n },
        waiting: { bills: 2 },
        signed: { node_key: papers.nextKey.publicKey, bill: { cumulative: "3000" } }
      })
    }))
})
