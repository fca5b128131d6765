import { describe, expect } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import type { CountersignedBills, SignedBills } from "@infernet/contract/Receipt"
import { type DaemonEvent, DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { ControlPlane, ControlPlaneAway } from "@infernet/daemon/node/ControlPlane"
import { Keyring } from "@infernet/daemon/node/Keyring"
import type { Said } from "@infernet/daemon/receipt/answers"
import { Bills } from "@infernet/daemon/receipt/Bills"
import { ReceiptBooks } from "@infernet/daemon/receipt/ReceiptBooks"
import * as Files from "@infernet/testing/fakes/Files"
import * as ScriptedBackends from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Fiber, Layer, Path, Stream } from "effect"
import { TestClock } from "effect/testing"
import * as papers from "./papers.ts"

const { offer } = papers

interface Setting {
  readonly disk?: Map<string, string>
  readonly room?: () => number
  readonly key?: () => Identity["Service"]
  readonly post?: (body: typeof SignedBills.Type) => Effect.Effect<typeof CountersignedBills.Type, ControlPlaneAway>
}

const nothing: typeof CountersignedBills.Type = { receipts: [], refused: [], bills: [] }

/** A node's process with a link to the control plane, until the scope closes. */
const process = Effect.fnUntraced(function* ({ disk, key = () => papers.node, post, room }: Setting = {}) {
  const keyring = Layer.effect(
    Keyring,
    Effect.map(Keyring, (one) => ({ ...one, current: key }))
  ).pipe(Layer.provide(Keyring.layerOne), Layer.provide(Layer.succeed(Identity, papers.node)))
  const bodies: Array<typeof SignedBills.Type> = []
  const layer = Bills.layer().pipe(
    Layer.provideMerge(ReceiptBooks.layerFolder("/receipts")),
    Layer.provideMerge(DaemonEvents.layer),
    Layer.provide([
      Files.layer(disk, room === undefined ? {} : { room }),
      Path.layer,
      keyring,
      Verifier.layerNoble,
      Layer.mock(ControlPlane)({
        receipts: (_, body) =>
          Effect.suspend(() => {
            bodies.push(body)
            return post?.(body) ?? Effect.succeed(nothing)
          })
      }),
      Layer.provide(Jobs.layer, [DaemonEvents.layer, ScriptedBackends.layer({ chat: () => Effect.never })])
    ])
  )
  const context = yield* Layer.build(Layer.fresh(layer))
  const bills = Context.get(context, Bills)
  const events: Array<DaemonEvent> = []
  const told = Context.get(context, DaemonEvents).stream
  yield* told.pipe(
    Stream.runForEach((event) => Effect.sync(() => void events.push(event))),
    Effect.forkScoped({ startImmediately: true })
  )
  const said: Array<Said> = []
  const detach = bills.attach((message) => void said.push(message))
  yield* Effect.forkScoped(bills.run(papers.plane))
  yield* TestClock.adjust(0)
  const offers = (...all: ReadonlyArray<ReturnType<typeof offer>>) =>
    Effect.andThen(
      Effect.sync(() => all.forEach(bills.offer)),
      TestClock.adjust(0)
    )
  return { bills, bodies, books: Context.get(context, ReceiptBooks), detach, events, offers, said, told }
})

const signature = (one: ReturnType<typeof offer>, key = papers.node): Said => {
  const { entry } = papers.signed(one, key)
  if (entry.type !== "signed") throw new Error("not signed")
  const { cumulative, id } = one.bill
  return { type: "receipt", bill: id, cumulative, node_key: key.publicKey, signature: entry.signature }
}

describe("a bill", () => {
  it("is signed as it is, once it is on the disk, and the receipt is told when both have signed", () =>
    Effect.gen(function* () {
      const disk = new Map<string, string>()
      const { bills, events, offers, said } = yield* process({ disk })
      yield* offers(offer(1))
      expect(said).toEqual([signature(offer(1))])
      expect([...disk.values()].join("")).toContain(signature(offer(1)).bill)
      expect(events).toEqual([])
      bills.countersigned(papers.countersignature(offer(1)))
      yield* TestClock.adjust(0)
      expect(events).toMatchObject([
        { type: "receipt", receipt: papers.billOf(1), amount: 3_000n, tokens: 1_000, cumulative: 3_000n }
      ])
    }))

  it("that comes again, also to the next process, is signed again identically and counted once", () =>
    Effect.gen(function* () {
      const disk = new Map<string, string>()
      const first = yield* process({ disk })
      yield* first.offers(offer(1), offer(1))
      yield* first.offers(offer(1))
      const next = yield* process({ disk })
      yield* next.offers(offer(1))
      expect([...first.said, ...next.said]).toEqual(Array.from({ length: 3 }, () => signature(offer(1))))
      expect(next.books.channels()[0]?.sums).toMatchObject({ bills: 1, signed: 3_000n })
    }))

  it("that is issued anew, with less or to a node whose key has changed, is signed anew", () =>
    Effect.gen(function* () {
      let key = papers.node
      const { books, offers, said } = yield* process({ key: () => key })
      yield* offers(offer(1), offer(2))
      yield* offers(offer(2, { cumulative: "3000" }))
      key = papers.nextKey
      yield* offers(offer(2, { cumulative: "3000" }))
      expect(said.slice(2)).toEqual([
        signature(offer(2, { cumulative: "3000" })),
        signature(offer(2, { cumulative: "3000" }), papers.nextKey)
      ])
      expect(books.channels()[0]?.sums).toMatchObject({ bills: 2, signed: 6_000n })
    }))

  it("that is disputed stays so, is told each time, and blocks nothing after it", () =>
    Effect.gen(function* () {
      const { books, events, offers, said } = yield* process()
      const wrong = offer(1, { usage: { amount: "1" } })
      yield* offers(wrong)
      yield* offers(wrong, offer(2))
      const reason = "its tokens at its prices come to 3000 micro-USDC, not 1"
      const dispute: Said = { type: "dispute", bill: papers.billOf(1), reason }
      expect(said).toEqual([dispute, dispute, signature(offer(2))])
      expect(events).toMatchObject([{ type: "bill_disputed" }])
      expect(books.channels()[0]?.sums).toMatchObject({ bills: 2, earned: 3_001n, disputed: 1n })
    }))

  it("is not signed while the disk is full, which is told, and is once there is room", () =>
    Effect.gen(function* () {
      let room = 0
      const { events, offers, said } = yield* process({ room: () => room })
      yield* offers(offer(1))
      expect(said).toEqual([])
      expect(events).toMatchObject([{ type: "receipts_unwritten", reason: expect.stringContaining("disk is full") }])
      room = 1 << 20
      yield* offers(offer(1))
      expect(said).toEqual([signature(offer(1))])
    }))

  it("is answered by HTTP where there is no link, with what comes back taken", () =>
    Effect.gen(function* () {
      const receipt = (one: ReturnType<typeof offer>) => {
        const { plane_key, signature: plane_signature } = papers.countersignature(one)
        return { ...one.bill, node_key: "", node_signature: "", plane_key, plane_signature }
      }
      const { bodies, detach, offers, told } = yield* process({
        post: ({ signed }) =>
          Effect.succeed({
            receipts: signed.map(({ bill }) => receipt(offer(bill === papers.billOf(1) ? 1 : 2))),
            refused: [],
            bills: signed[0]?.bill === papers.billOf(1) ? [offer(2)] : []
          })
      })
      detach()
      const both = yield* Stream.runCollect(Stream.take(told, 2)).pipe(Effect.forkScoped({ startImmediately: true }))
      yield* offers(offer(1))
      expect(yield* Fiber.join(both)).toMatchObject([{ type: "receipt" }, { type: "receipt", cumulative: 6_000n }])
      expect(bodies.map(({ signed }) => signed.map(({ bill }) => bill))).toEqual([
        [papers.billOf(1)],
        [papers.billOf(2)]
      ])
    }))
})

describe("a countersignature", () => {
  it("that is not the joined control plane's, or not over what was signed, counts for nothing", () =>
    Effect.gen(function* () {
      const { bills, books, events, offers } = yield* process()
      yield* offers(offer(1))
      bills.countersigned(papers.countersignature(offer(1), papers.stranger))
      bills.countersigned(papers.countersignature(offer(1, { cumulative: "2" })))
      bills.countersigned({ ...papers.countersignature(offer(2)), bill: papers.billOf(1) })
      yield* TestClock.adjust(0)
      expect(events).toEqual([])
      expect(books.channels()[0]?.receipt).toBeUndefined()
    }))

  it("that does not come is asked for each minute, and told of as missing after ten, until it is there", () =>
    Effect.gen(function* () {
      let isAway = true
      const { bills, bodies, events, offers } = yield* process({
        post: () => (isAway ? Effect.fail(new ControlPlaneAway({ message: "away" })) : Effect.succeed(nothing))
      })
      yield* offers(offer(1))
      yield* TestClock.adjust("3 minutes")
      expect(bodies.map(({ signed }) => signed[0]?.bill)).toEqual(Array.from({ length: 3 }, () => papers.billOf(1)))
      isAway = false
      yield* TestClock.adjust("8 minutes")
      expect(events.at(-1)).toEqual({ type: "countersignatures", bills: 1, amount: 3_000n })
      bills.countersigned(papers.countersignature(offer(1)))
      yield* TestClock.adjust("2 minutes")
      expect(events.at(-1)).toEqual({ type: "countersignatures", bills: 0, amount: 0n })
      expect(events.filter(({ type }) => type === "receipt")).toHaveLength(1)
    }))
})
