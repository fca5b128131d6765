/** Signs the next transaction of a key, and sends it. */
import type { Identity } from "@infernet/auth/Identity"
import type { Address } from "@infernet/contract/Receipt"
import { Effect, type Semaphore } from "effect"
import { hex } from "../../receipt/digest.ts"
import type { Call } from "../calls.ts"
import type { SendOptions } from "../Escrow.ts"
import { InsufficientGas, Reverted } from "../SettlementError.ts"
import { type Fees, senderOf } from "../transaction.ts"
import { broadcast, receiptOf } from "./broadcast.ts"
import { feesOf, type Place, simulate } from "./place.ts"
import { form } from "./watch.ts"

/** How often a number may turn out to be used already by another program with the same key. */
const numbersTried = 3

/** One key's: its numbers are given out one at a time. */
export interface Sender {
  readonly turn: Semaphore.Semaphore
  next: number
  onTheirWay: number
}

const requireGas = Effect.fnUntraced(function* (
  { chain, rpc }: Place,
  address: Address,
  gas: bigint,
  { maxFeePerGas }: Fees
) {
  const has = yield* rpc.read((client) => client.getBalance({ address: hex(address) }))
  const needs = gas * maxFeePerGas
  if (has >= needs) return
  return yield* new InsufficientGas({ address, chain: chain.title, native: chain.native, has, needs })
})

/** Whoever else sends with this key waits until it is on its way. Nothing was sent where it fails. */
export const launch = Effect.fnUntraced(function* <E>(
  place: Place,
  sender: Sender,
  from: Identity["Service"],
  call: Call,
  options: SendOptions<E>
) {
  const { chain, rpc } = place
  const address = senderOf(from)
  const gas = ((yield* simulate(place, address, call)) * 12n) / 10n
  const price = yield* feesOf(place)
  yield* requireGas(place, address, gas, price)
  const attempt = Effect.gen(function* () {
    const pending = yield* rpc.read((client) =>
      client.getTransactionCount({ address: hex(address), blockTag: "pending" })
    )
    // An endpoint may not have heard yet of what this process has just sent.
    const nonce = sender.onTheirWay > 0 ? Math.max(pending, sender.next) : pending
    const sent = form(place, from, call, { nonce, gas, ...price })
    if (options.keep !== undefined) yield* options.keep(sent)
    const taken = yield* broadcast(place, sent.raw)
    if (taken === "no gas") {
      const has = yield* rpc.read((client) => client.getBalance({ address: hex(address) }))
      const needs = gas * price.maxFeePerGas
      const more = has < needs ? needs : has + gas * price.maxFeePerGas
      return yield* new InsufficientGas({ address, chain: chain.title, native: chain.native, has, needs: more })
    }
    const isOther = taken === "number used" && (yield* receiptOf(place, sent.hashes)) === undefined
    if (isOther) return undefined
    sender.next = nonce + 1
    sender.onTheirWay += 1
    return sent
  })
  for (let tries = 1; ; tries++) {
    const sent = yield* sender.turn.withPermits(1)(attempt)
    if (sent !== undefined) return sent
    if (tries < numbersTried) continue
    const reason = `another program sends with the key of ${address} at the same time`
    return yield* new Reverted({ what: call.what, name: "NonceUsed", reason: `${reason}: try again when it is done` })
  }
})
