/** Looks after a transaction until it is done, or until nobody knows. */
import type { Identity } from "@infernet/auth/Identity"
import { Clock, Duration, Effect } from "effect"
import { hex } from "../../receipt/digest.ts"
import type { Call } from "../calls.ts"
import { transactionLink } from "../Chain.ts"
import type { SendOptions, Sent } from "../Escrow.ts"
import { Reverted, TransactionReplaced, TransactionUnknown } from "../SettlementError.ts"
import { bumped, type Fees, senderOf, signed } from "../transaction.ts"
import { broadcast, minedOf, receiptOf } from "./broadcast.ts"
import { feesOf, type Place, simulate, targetOf } from "./place.ts"

/** Dearer forms of one transaction in one wait. */
const formsAtMost = 4
/** Looks in which a number is used and nothing of ours is mined, until it counts as used by another. */
const looksUntilReplaced = 5
/** Looks without a receipt, until the same bytes are sent again. */
const looksUntilSentAgain = 4

/** A form of a transaction, the first one or one that takes the place of `before`. */
export const form = (
  place: Place,
  from: Identity["Service"],
  call: Call,
  { gas, maxFeePerGas, maxPriorityFeePerGas, nonce }: Fees & Pick<Sent, "nonce" | "gas">,
  before?: Sent
): Sent => {
  const fees = { maxFeePerGas, maxPriorityFeePerGas }
  const { chain } = place
  const { hash, raw } = signed(from, {
    chainId: chain.id,
    nonce,
    to: targetOf(place, call),
    data: call.data,
    gas,
    ...fees
  })
  const hashes: Sent["hashes"] = before === undefined ? [hash] : [...before.hashes, hash]
  return { from: senderOf(from), nonce, hashes, call, gas, ...fees, raw }
}

const unknown = ({ chain }: Place, { call, hashes }: Sent) => {
  const hash = hashes.at(-1) ?? hashes[0]
  return new TransactionUnknown({ hash, what: call.what, link: transactionLink(chain, hash) })
}

/** It was mined and did nothing: asked again, the contract says why, unless things have changed since. */
const failed = Effect.fnUntraced(function* (place: Place, { call, from }: Sent, hash: string) {
  const again = yield* Effect.result(simulate(place, from, call))
  const reason =
    again._tag === "Failure" && again.failure._tag !== "RpcUnavailable"
      ? again.failure.message
      : "it was refused when it was mined, and would not be now: try again"
  return new Reverted({ what: call.what, name: "Mined", reason, hash })
})

const dearer = Effect.fnUntraced(function* <E>(
  place: Place,
  from: Identity["Service"],
  sent: Sent,
  { keep }: SendOptions<E>
) {
  // What another key has signed cannot be signed anew by this one.
  if (senderOf(from) !== sent.from) return sent
  const next = form(place, from, sent.call, { ...sent, ...bumped(sent, yield* feesOf(place)) }, sent)
  if (keep !== undefined) yield* keep(next)
  return next
})

/** Until it has its confirmations. What it fails with is the end of it, but for `TransactionUnknown`. */
export const watch = Effect.fnUntraced(function* <E>(
  place: Place,
  from: Identity["Service"],
  first: Sent,
  options: SendOptions<E>
) {
  const { chain, rpc, timing } = place
  let sent = first
  const since = yield* Clock.currentTimeMillis
  let formSince = since
  let usedLooks = 0
  let looks = 0
  const confirmingFor = Duration.toMillis(timing.giveUpAfter) + 3 * chain.confirmations * chain.blockMillis
  while (true) {
    const receipt = yield* receiptOf(place, sent.hashes)
    const now = yield* Clock.currentTimeMillis
    looks += 1
    if (receipt !== undefined) {
      usedLooks = 0
      const head = yield* Effect.option(rpc.read((client) => client.getBlockNumber()))
      const seen = head._tag === "Some" ? Number(head.value - receipt.blockNumber) + 1 : 0
      const wanted = chain.confirmations
      if (options.seen !== undefined) {
        yield* options.seen(receipt.transactionHash, Math.max(0, Math.min(seen, wanted)), wanted)
      }
      if (seen >= wanted) {
        return receipt.status === "success"
          ? minedOf(place, receipt)
          : yield* yield* failed(place, sent, receipt.transactionHash)
      }
      if (now - since > confirmingFor) return yield* unknown(place, sent)
    } else {
      if (now - since > Duration.toMillis(timing.giveUpAfter)) return yield* unknown(place, sent)
      const used = yield* Effect.option(rpc.read((client) => client.getTransactionCount({ address: hex(sent.from) })))
      usedLooks = used._tag === "Some" && used.value > sent.nonce ? usedLooks + 1 : 0
      if (usedLooks >= looksUntilReplaced) {
        return yield* new TransactionReplaced({ hash: sent.hashes[0], what: sent.call.what })
      }
      const isLate = now - formSince > Duration.toMillis(timing.bumpAfter)
      if (isLate && sent.hashes.length - first.hashes.length < formsAtMost) {
        // Without a price the form that there is goes out again.
        sent = yield* Effect.catchTag(dearer(place, from, sent, options), "RpcUnavailable", () => Effect.succeed(sent))
        formSince = now
      }
      // A block that was undone, or a node that forgot, may have dropped it: again costs nothing but a question.
      if (formSince === now || looks % looksUntilSentAgain === 0) yield* broadcast(place, sent.raw)
    }
    yield* Effect.sleep(timing.poll)
  }
})
