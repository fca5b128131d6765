/** What the chain has paid on each channel; where it cannot be asked, why. */
import type { ChannelId } from "@infernet/contract/Receipt"
import type { ChannelClaim } from "@infernet/daemon/receipt/Claims"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import * as EscrowViem from "@infernet/payment/settlement/EscrowViem"
import { Effect, Option } from "effect"
import * as chain from "../../settings/chain.ts"

/** In micro-USDC, the platform's fee included; a reason in words where that is not known. */
export type Redeemed = ReadonlyMap<ChannelId, bigint | string>

const patience = "10 seconds"
const unnamed = "no chain is named in this home's settings"

const asked = Effect.fnUntraced(function* (ids: ReadonlyArray<ChannelId>, place: EscrowViem.EscrowPlace) {
  const states = yield* Effect.flatMap(Escrow, ({ channels }) => channels(ids)).pipe(
    Effect.provide(EscrowViem.layer(place)),
    Effect.timeout(patience),
    Effect.mapError(({ message }) => `${place.chain.title} does not answer: ${message}`),
    Effect.result
  )
  return ids.map((id, i): readonly [ChannelId, bigint | string] => [
    id,
    states._tag === "Failure" ? states.failure : (states.success[i]?.paid ?? 0n)
  ])
})

export const of = Effect.fnUntraced(function* (claims: ReadonlyArray<ChannelClaim>) {
  const found: Array<readonly [ChannelId, bigint | string]> = []
  const onChain = claims.filter(({ channelId, domain }) => {
    if (domain.chain_id === 0) found.push([channelId, "it is of no chain"])
    return domain.chain_id !== 0
  })
  if (onChain.length === 0) return new Map(found) satisfies Redeemed
  const place = yield* Effect.map(chain.place(), Option.getOrUndefined)
  const here = onChain.filter(
    ({ domain }) => domain.chain_id === place?.chain.id && domain.contract === place.contract.toLowerCase()
  )
  for (const { channelId, domain } of onChain) {
    const other = `the settings name another escrow than ${domain.contract} on chain ${domain.chain_id}`
    found.push([channelId, place === undefined ? unnamed : other])
  }
  if (place !== undefined && here.length > 0) {
    found.push(
      ...(yield* asked(
        here.map(({ channelId }) => channelId),
        place
      ))
    )
  }
  return new Map(found) satisfies Redeemed
})
