/** What every transaction on its way needs to know of its chain, and how patient it is. */
import type { Address } from "@infernet/contract/Receipt"
import { Duration, Effect } from "effect"
import type { Hex } from "viem"
import { hex } from "../../receipt/digest.ts"
import type { Call } from "../calls.ts"
import type { Chain } from "../Chain.ts"
import { refusalOf } from "../reverts.ts"
import type { Rpc } from "../Rpc.ts"
import type { NotSent, RpcUnavailable } from "../SettlementError.ts"
import type { Fees } from "../transaction.ts"

/** How patient it is. */
export interface Timing {
  /** Between two looks. */
  readonly poll: Duration.Duration
  /** Without being mined, until it is sent in a dearer form. */
  readonly bumpAfter: Duration.Duration
  /** Without being mined, until it counts as unknown. */
  readonly giveUpAfter: Duration.Duration
}

/** By the time between blocks, within what people wait for and endpoints bear. */
export const timingOf = ({ blockMillis, confirmations }: Chain): Timing => ({
  poll: Duration.millis(Math.min(4_000, Math.max(200, blockMillis / 2))),
  bumpAfter: Duration.millis(Math.max(30_000, 5 * blockMillis)),
  giveUpAfter: Duration.millis(Math.max(180_000, (20 + 2 * confirmations) * blockMillis))
})

export interface Place {
  readonly rpc: Rpc
  readonly chain: Chain
  readonly contract: Address
  readonly token: Address
  readonly timing: Timing
}

export const targetOf = ({ contract, token }: Place, { to }: Call): Hex => hex(to === "escrow" ? contract : token)

/** What transactions pay for gas at present. */
export const feesOf = ({ rpc }: Place): Effect.Effect<Fees, RpcUnavailable> =>
  rpc.read((client) => client.estimateFeesPerGas())

/** The gas that a call would take; fails as it would fail. */
export const simulate = (place: Place, from: Address, call: Call): Effect.Effect<bigint, NotSent> =>
  place.rpc
    .ask((client) => client.estimateGas({ account: hex(from), to: targetOf(place, call), data: call.data }))
    .pipe(Effect.catchTag("CallReverted", (reverted) => Effect.fail(refusalOf(reverted, call, from, place.contract))))
