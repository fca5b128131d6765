/**
 * Sees to it, for as long as it lives, that a node loses nothing: channels that their payer closes are redeemed at once
 * and, where the operator wants that, all others when they are worth it.
 *
 * It reads what channels are on chain, and not the log of how they became so: there is nothing to miss, nothing to keep,
 * and a block that is undone is as if it had never been.
 */
import { Effect, Schedule } from "effect"
import type { ChannelClaim } from "../ChannelClaim.ts"
import type { Keys } from "./keys.ts"
import { Payouts } from "./Payouts.ts"

export interface Watched<E, E2> {
  /** What the node may be paid for now. */
  readonly claims: Effect.Effect<ReadonlyArray<ChannelClaim>, E>
  /** The keys as they are now: a node gets others. */
  readonly keys: Effect.Effect<Keys, E2>
  /** Whether payouts are made without anybody having asked, besides those of closing channels. */
  readonly isAuto: boolean
}

/** The contract gives a node at least an hour between the announcement of a closing and the closing. */
export const lookEvery = "5 minutes"

const isOf = ({ domain }: ChannelClaim, chain_id: number, contract: string): boolean =>
  domain.chain_id === chain_id && domain.contract === contract

/** Channels that are closing and owe something. */
const closing = Effect.fnUntraced(function* (payouts: Payouts["Service"], claims: ReadonlyArray<ChannelClaim>) {
  const states = yield* payouts.states(claims.map(({ channel }) => channel))
  return claims.filter(({ cumulative }, index) => {
    const state = states[index]
    return state?.closingAt !== undefined && cumulative > state.paid
  })
})

/** One look, and a payout where there is something to pay out. */
export const look = Effect.fnUntraced(function* <E, E2>(
  payouts: Payouts["Service"],
  { claims: read, isAuto, keys: readKeys }: Watched<E, E2>
) {
  const { chain_id, contract } = payouts.domain
  const all = (yield* read).filter((claim) => isOf(claim, chain_id, contract))
  const claims = isAuto || all.length === 0 ? all : yield* closing(payouts, all)
  if (claims.length === 0) return
  const keys = yield* readKeys
  const { batches, pending } = yield* payouts.plan({ claims, keys, mode: "auto" })
  if (batches.length === 0 && pending === 0) return
  const { paid, skipped } = yield* payouts.run({ claims, keys, mode: "auto" })
  for (const { channels, hash, payout } of paid) {
    const micros = channels.reduce((sum, { net }) => sum + net, 0n)
    yield* Effect.logInfo("receipts were paid out", { hash, payout, micros, channels: channels.length })
  }
  for (const fields of skipped) yield* Effect.logWarning("a channel was not paid", fields)
})

/** Looks again and again; what keeps it from a payout is told once, not at every look. */
export const run = Effect.fnUntraced(function* <
  E extends { readonly message: string },
  E2 extends { readonly message: string }
>(watched: Watched<E, E2>) {
  const payouts = yield* Payouts
  let told: string | undefined
  const tell = ({ message }: { readonly message: string }) => {
    if (message === told) return Effect.void
    told = message
    return Effect.logWarning("receipts are not paid out", { reason: message })
  }
  const once = Effect.matchEffect(look(payouts, watched), {
    onSuccess: () => Effect.sync(() => void (told = undefined)),
    onFailure: tell
  })
  return yield* Effect.repeat(once, Schedule.spaced(lookEvery))
})
