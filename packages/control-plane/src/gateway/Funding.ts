/** Opens channels on chain and tops them up, as `reserves.ts` decides; what was begun is finished before anything is begun. */
import type { Identity } from "@infernet/auth/Identity"
import type { Unavailable } from "@infernet/contract/ApiError"
import type { NodeId } from "@infernet/contract/Id"
import { termsOf } from "@infernet/payment/receipt/digest"
import { type Call, calls } from "@infernet/payment/settlement/calls"
import { Escrow, type Sent } from "@infernet/payment/settlement/Escrow"
import type { SendError } from "@infernet/payment/settlement/SettlementError"
import { Effect } from "effect"
import { type ChannelRow, GatewayStore } from "./GatewayStore.ts"
import { type Caps, type Opening, plan, type Standing } from "./reserves.ts"
import { Vouchers } from "./Vouchers.ts"

export interface Options {
  /** The wallet that pays: the owner of all channels. */
  readonly payer: Identity["Service"]
  readonly caps: Caps
}

/** What came of a pass. */
export interface Funded {
  /** How many channels were given more. */
  readonly openings: number
  /** Sentences for the operator of the platform. */
  readonly warnings: ReadonlyArray<string>
  /** Reserved for nodes and not paid out, in micro-USDC. */
  readonly staked: bigint
}

/** Transactions on their way at a time. */
const atOnce = 8

export const make = Effect.fnUntraced(function* ({ caps, payer }: Options) {
  const escrow = yield* Escrow
  const store = yield* GatewayStore
  const vouchers = yield* Vouchers
  /** A node that is registered stays so. */
  const registered = new Set<NodeId>()

  /** Kept before it is sent, and until it is known what came of it: a process that is killed in between finds it. */
  const send = (call: Call): Effect.Effect<void, SendError | Unavailable> => {
    let last: Sent | undefined
    const keep = (sent: Sent) => Effect.tap(store.keep(sent), () => Effect.sync(() => void (last = sent)))
    const forget = Effect.suspend(() => (last === undefined ? Effect.void : store.forget(last)))
    return escrow.send(payer, call, { keep }).pipe(
      // Whether it was mined is not known: the next pass looks.
      Effect.tapError((error) => (error._tag === "TransactionUnknown" ? Effect.void : Effect.ignore(forget))),
      Effect.andThen(forget)
    )
  }

  const finish = Effect.flatMap(
    store.pending,
    Effect.forEach(
      (sent) =>
        escrow.resume(payer, sent, { keep: store.keep }).pipe(
          Effect.asVoid,
          // Mined or never to be: what the chain says now is all that counts.
          Effect.catchTag(
            ["Reverted", "TransactionReplaced", "Paused", "Blacklisted", "Underfunded"],
            () => Effect.void
          ),
          Effect.andThen(store.forget(sent))
        ),
      { discard: true }
    )
  )

  const isRegistered = Effect.fnUntraced(function* (node: NodeId) {
    if (registered.has(node)) return true
    const found = yield* escrow.node(node)
    if (found !== undefined) registered.add(node)
    return found !== undefined
  })

  const standingOf = Effect.fnUntraced(function* (rows: ReadonlyArray<ChannelRow>) {
    const states = yield* escrow.channels(rows.map(({ id }) => id))
    const highest = vouchers.highest()
    const found = rows.map((row, index) => ({ row, state: states[index] }))
    return yield* Effect.forEach(
      found.flatMap(({ row, state }) => (state === undefined ? [] : [{ row, state }])),
      Effect.fnUntraced(function* ({ row, state }) {
        const isOpen = !state.isClosed && state.closingAt === undefined
        if (state.reserved !== row.reserved) yield* store.reserved(row.id, state.reserved)
        const now = highest.get(row.id) ?? 0n
        return {
          channel: row.id,
          node: row.nodeId,
          earned: row.cumulative,
          ceiling: now > row.ceiling ? now : row.ceiling,
          reserved: state.reserved,
          paid: state.paid,
          isRegistered: isOpen && (yield* isRegistered(row.nodeId))
        } satisfies Standing
      }),
      { concurrency: atOnce }
    )
  })

  /** The pool is filled from the wallet, which has approved no more than is taken. */
  const deposit = Effect.fnUntraced(function* (amount: bigint) {
    const { allowance } = yield* escrow.funds(payer.id)
    if (allowance < amount) yield* send(calls.approve(escrow.contract, amount))
    yield* send(calls.deposit(amount))
  })

  /** One that fails is told and keeps no other from its money. */
  const open = Effect.fnUntraced(function* (rows: ReadonlyArray<ChannelRow>, { amount, channel }: Opening) {
    const row = rows.find(({ id }) => id === channel)
    if (row === undefined) return []
    const done = yield* Effect.result(send(calls.open(termsOf(row.terms), amount)))
    if (done._tag === "Failure") {
      if (done.failure._tag === "Unavailable") return yield* done.failure
      return [done.failure.message]
    }
    yield* Effect.logInfo("channel funded", { channel, node: row.nodeId, micros: String(amount) })
    return []
  })

  return Effect.gen(function* () {
    yield* finish
    const rows = yield* store.channels
    if (rows.length === 0) return { openings: 0, warnings: [], staked: 0n } satisfies Funded
    const standings = yield* standingOf(rows)
    const { deposit: missing, openings, warnings } = plan(standings, caps, yield* escrow.funds(payer.id))
    if (missing > 0n) yield* deposit(missing)
    const failed = yield* Effect.forEach(openings, (opening) => open(rows, opening), { concurrency: atOnce })
    const staked = standings.reduce((sum, { paid, reserved }) => sum + reserved - paid, 0n)
    return {
      openings: openings.length,
      warnings: [...warnings, ...failed.flat()],
      staked: staked + openings.reduce((sum, { amount }) => sum + amount, 0n)
    } satisfies Funded
  })
})
