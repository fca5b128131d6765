/** A transaction's bytes to the endpoints, and what they know of it. */
import { Effect, Option } from "effect"
import { TransactionReceiptNotFoundError, type TransactionReceipt } from "viem"
import { hex } from "../../receipt/digest.ts"
import type { Mined, Sent } from "../Escrow.ts"
import { eventsOf } from "../events.ts"
import { lineOf } from "../Rpc.ts"
import type { Place } from "./place.ts"

/** What an endpoint said to a transaction. */
type Taken = "taken" | "number used" | "no gas" | "unclear"

/** Nodes have no codes for these, only words, and these are the same everywhere. */
const takenOf = (reason: string): Taken => {
  if (/already known|known transaction|already exists|already imported/i.test(reason)) return "taken"
  if (/nonce.{0,20}too low|nonce has already been used/i.test(reason)) return "number used"
  return /insufficient funds|doesn't have enough funds|sender.*balance/i.test(reason) ? "no gas" : "unclear"
}

/** Everybody is told, as who forwards it is not known; one that takes it is enough. */
export const broadcast = Effect.fnUntraced(function* ({ rpc }: Place, raw: string) {
  const answers = yield* Effect.forEach(
    rpc.clients,
    ({ client }) =>
      Effect.match(
        Effect.tryPromise({
          try: () => client.sendRawTransaction({ serializedTransaction: hex(raw) }),
          catch: (error) => `${lineOf(error)} ${error instanceof Error ? error.message : ""}`
        }),
        { onSuccess: (): Taken => "taken", onFailure: takenOf }
      ),
    { concurrency: "unbounded" }
  )
  return (["taken", "unclear", "number used", "no gas"] as const).find((taken) => answers.includes(taken)) ?? "unclear"
})

/** The receipt of whichever form was mined, as any endpoint has it; none may have seen it yet. */
export const receiptOf = Effect.fnUntraced(function* ({ rpc }: Place, hashes: Sent["hashes"]) {
  let found: TransactionReceipt | undefined
  for (const { client } of rpc.clients) {
    for (const hash of hashes) {
      // Silence is no news either: the wait goes on.
      found ??= Option.getOrUndefined(
        yield* Effect.option(Effect.tryPromise(() => client.getTransactionReceipt({ hash: hex(hash) })))
      )
    }
    if (found !== undefined) return found
  }
  return found
})

export const minedOf = ({ contract }: Pick<Place, "contract">, receipt: TransactionReceipt): Mined => ({
  hash: receipt.transactionHash,
  block: receipt.blockNumber,
  events: eventsOf(contract, receipt.logs),
  gasCost: receipt.gasUsed * receipt.effectiveGasPrice
})

/** A receipt by its hash; unlike `receiptOf` it says where no endpoint has answered. */
export const lookUp = ({ rpc }: Place, hash: string) =>
  rpc.read((client) =>
    client.getTransactionReceipt({ hash: hex(hash) }).then(
      (receipt): TransactionReceipt | undefined => receipt,
      (error: unknown) => {
        if (error instanceof TransactionReceiptNotFoundError) return undefined
        throw error
      }
    )
  )
