/**
 * Books what nodes have redeemed: the ledger's entries and the receipts that they are for, from the escrow's own log.
 *
 * Only blocks that no reorganisation takes back are read, each payment is booked once by its transaction, and how far was
 * read is written down last: a process that is killed reads the same again.
 */
import type { NodeId } from "@infernet/contract/Id"
import type { ChannelId } from "@infernet/contract/Receipt"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import type { EscrowEvent } from "@infernet/payment/settlement/events"
import { Clock, Effect } from "effect"
import { Ledger } from "../ledger/Ledger.ts"
import { type ChannelRow, GatewayStore } from "./GatewayStore.ts"

export interface Options {
  /** How old the newest block has to be on top of its confirmations, in seconds: a local chain may lose its last ones. */
  readonly settledAfterSeconds: number
}

/** Blocks in one question. */
const blocksAtOnce = 2_000n

type Redeemed = Extract<EscrowEvent, { readonly _tag: "Redeemed" }>

export const make = Effect.fnUntraced(function* ({ settledAfterSeconds }: Options) {
  const escrow = yield* Escrow
  const ledger = yield* Ledger
  const store = yield* GatewayStore

  const book = Effect.fnUntraced(function* (event: Redeemed, node: NodeId) {
    const { channel, fee, hash, net, paid, seq } = event
    // A channel is paid up to a sum once, whatever transaction did it.
    const reference = `${hash} ${channel} ${paid}`
    yield* ledger.redeemed({ node, channel, amount: net + fee, fee, reference })
    yield* store.redeemed({ channel, hash, paid, seq })
    yield* Effect.logInfo("redeemed", { node, channel, hash, net: String(net), fee: String(fee) })
  })

  /** Where a log is read from: before the first look no channel of ours could have been opened. */
  const begin = Effect.fnUntraced(function* (settled: bigint) {
    const cursor = yield* store.cursor
    if (cursor !== undefined) return cursor
    yield* store.advance(settled)
    return settled
  })

  const readNode = Effect.fnUntraced(function* (
    node: NodeId,
    ours: ReadonlySet<ChannelId>,
    after: bigint,
    upTo: bigint
  ) {
    for (let from = after + 1n; from <= upTo; from += blocksAtOnce) {
      const last = from + blocksAtOnce - 1n
      const events = yield* escrow.redemptions(node, from, last < upTo ? last : upTo)
      for (const event of events) {
        if (event._tag === "Redeemed" && ours.has(event.channel)) yield* book(event, node)
      }
    }
  })

  const unbooked = Effect.fnUntraced(function* (rows: ReadonlyArray<ChannelRow>) {
    const states = yield* escrow.channels(rows.map(({ id }) => id))
    return rows.filter(({ redeemed }, index) => (states[index]?.paid ?? 0n) > redeemed)
  })

  return Effect.gen(function* () {
    const { number, time } = yield* escrow.head
    const age = Math.floor((yield* Clock.currentTimeMillis) / 1000) - time
    const settled = number - BigInt(escrow.chain.confirmations - 1)
    if (age < settledAfterSeconds || settled < 0n) return
    const cursor = yield* begin(settled)
    if (settled <= cursor) return
    // Looked at after the head was: what was paid by then is in the log up to it, or is seen here.
    const rows = yield* unbooked(yield* store.channels)
    const ours = new Set(rows.map(({ id }) => id))
    const nodes = new Set(rows.map(({ nodeId }) => nodeId))
    yield* Effect.forEach(nodes, (node) => readNode(node, ours, cursor, settled), { discard: true })
    yield* store.advance(settled)
  })
})
