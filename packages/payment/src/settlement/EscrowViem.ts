/** An escrow through viem: checked to be one, on the right chain, before anything else is asked of it. */
import type { Address } from "@infernet/contract/Receipt"
import { Effect, Layer } from "effect"
import type { Chain } from "./Chain.ts"
import { check } from "./check.ts"
import type { Endpoint } from "./Endpoint.ts"
import { Escrow } from "./Escrow.ts"
import * as reads from "./reads.ts"
import * as Rpc from "./Rpc.ts"
import * as Sending from "./Sending.ts"
import { lookUp, minedOf } from "./sending/broadcast.ts"
import { type Place, simulate, type Timing, timingOf } from "./sending/place.ts"

export interface EscrowPlace {
  readonly chain: Chain
  /** The escrow's address, in lower case. */
  readonly contract: Address
  /** One or more, two for safety; in the order in which they are asked. */
  readonly endpoints: ReadonlyArray<Endpoint>
  /** Where it is not to go by the chain's block time. */
  readonly timing?: Timing
}

const make = Effect.fnUntraced(function* ({ chain, contract, endpoints, timing = timingOf(chain) }: EscrowPlace) {
  const rpc = Rpc.make(endpoints)
  const silent = yield* check(rpc, chain, contract)
  for (const fields of silent) yield* Effect.logWarning("an endpoint of the chain does not answer", fields)
  const token = yield* reads.tokenOf(rpc, contract)
  const place: Place = { rpc, chain, contract, token, timing }
  const { resume, send } = Sending.make(place)
  return Escrow.of({
    chain,
    contract,
    token,
    domain: { chain_id: chain.id, contract },
    ...reads.make(rpc, contract, token),
    simulate: (from, call) => simulate(place, from, call),
    send,
    resume,
    mined: (hash) =>
      Effect.map(lookUp(place, hash), (receipt) =>
        receipt === undefined || receipt.status === "reverted" ? undefined : minedOf(place, receipt)
      )
  })
})

/** Fails where an endpoint or the contract is not what it is said to be, and where no endpoint answers. */
export const layer = (place: EscrowPlace) => Layer.effect(Escrow, make(place))
