/** What a payout would do now: which channels are paid, together and to whom, and why the others are not. */
import { Clock, Effect } from "effect"
import type { Address } from "@infernet/contract/Receipt"
import type { ContractClaim } from "../calls.ts"
import type { ChannelClaim } from "../ChannelClaim.ts"
import { contractClaim } from "../claim.ts"
import type { ChannelState, Escrow, RegisteredNode } from "../Escrow.ts"
import { skipSentences } from "../skips.ts"
import { senderOf } from "../transaction.ts"
import type { Content } from "./Book.ts"
import { isSame } from "./booking.ts"
import { type Keys, rotationOf } from "./keys.ts"
import { NodeUnregistered } from "./PayoutError.ts"
import { type Mode, type Verdict, weigh } from "./policy.ts"

export interface Row {
  readonly claim: ChannelClaim
  readonly state: ChannelState
  readonly verdict: Verdict
}

/** Channels of one transaction. */
export interface Batch {
  readonly payout: Address
  readonly rows: ReadonlyArray<Row>
  readonly claims: ReadonlyArray<ContractClaim>
}

export interface Plan {
  readonly node: RegisteredNode
  /** Set where the escrow is told of the node's present key first, and by whom. */
  readonly rotation: { readonly by: Keys["node"] } | undefined
  readonly rows: ReadonlyArray<Row>
  readonly batches: ReadonlyArray<Batch>
  /** Payouts of a run before that are not known to be done: a run looks for them first. */
  readonly pending: number
  /** Channels of this home that are for another chain, another contract or another node. */
  readonly elsewhere: number
}

/** What fits a transaction of 128 KiB and of 2^24 gas with room to spare. */
export const claimsAtOnce = 200
/** Questions to an endpoint at the same time. */
const concurrency = 4

type Judged = readonly [Row, ContractClaim | undefined]

const left = (row: Row, why: string): Judged => [
  { ...row, verdict: { _tag: "Left", net: row.verdict.net, why } },
  undefined
]

/** Newest payout of a channel in the book. */
const paidAtOf = (done: Content["done"], { channel, domain }: ChannelClaim): number | undefined =>
  done.findLast(
    ({ channels, place }) =>
      place.chain_id === domain.chain_id &&
      place.contract === domain.contract &&
      channels.some(({ id }) => id === channel)
  )?.at

/** Only asks; fails where the node cannot be paid at all. */
export const plan = Effect.fnUntraced(function* (
  escrow: Escrow["Service"],
  { done, pending }: Content,
  all: ReadonlyArray<ChannelClaim>,
  keys: Keys,
  mode: Mode
) {
  const { chain, contract } = escrow
  const { id } = keys.node
  const claims = all.filter(
    ({ domain, terms }) => domain.chain_id === chain.id && domain.contract === contract && terms.node_id === id
  )
  const node = yield* escrow.node(id)
  if (node === undefined) return yield* new NodeUnregistered({ node: id, chain: chain.title })
  const rotation = yield* rotationOf(id, keys, node)
  const states = yield* escrow.channels(claims.map(({ channel }) => channel))
  const now = Math.floor((yield* Clock.currentTimeMillis) / 1000)
  const standings = claims.flatMap((claim, index) => {
    const state = states[index]
    return state === undefined ? [] : [{ claim, state, paidAt: paidAtOf(done, claim) }]
  })
  const verdicts = weigh(standings, { mode, chain, gasPrice: yield* escrow.gasPrice, now })
  const rows = standings.flatMap(({ claim, state }, index): Array<Row> => {
    const verdict = verdicts[index]
    return verdict === undefined ? [] : [{ claim, state, verdict }]
  })

  const judge = Effect.fnUntraced(function* (row: Row) {
    if (row.verdict._tag === "Left") return [row, undefined] satisfies Judged
    const claim = contractClaim(row.claim, senderOf(keys.node), keys.node)
    if (typeof claim === "string") return left(row, `its receipt ${claim}: ask the network's administrator`)
    // Of the key that the escrow will have after the rotation it cannot judge yet.
    if (rotation !== undefined) return [row, claim] satisfies Judged
    const { skip } = yield* escrow.preview(node.payout, claim)
    return skip === undefined ? ([row, claim] satisfies Judged) : left(row, skipSentences[skip])
  })
  const judged: ReadonlyArray<Judged> = yield* Effect.forEach(rows, judge, { concurrency })

  const due = judged.flatMap(([row, claim]) => (claim === undefined ? [] : [{ row, claim }]))
  const batches = Array.from({ length: Math.ceil(due.length / claimsAtOnce) }, (_, index): Batch => {
    const some = due.slice(index * claimsAtOnce, (index + 1) * claimsAtOnce)
    return { payout: node.payout, rows: some.map(({ row }) => row), claims: some.map(({ claim }) => claim) }
  })
  const planned: Plan = {
    node,
    rotation,
    rows: judged.map(([row]) => row),
    batches,
    pending: pending.filter(({ place }) => isSame(place, escrow.domain)).length,
    elsewhere: all.length - claims.length
  }
  return planned
})
