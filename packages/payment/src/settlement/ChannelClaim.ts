/** What a node may be paid for on one channel: its newest receipt and the highest ceiling that the payer signed. */
import type { ChannelId, ChannelTerms, Domain, Hash, Signature, Voucher } from "@infernet/contract/Receipt"
import type { PublicKey } from "@infernet/contract/PublicKey"

/** Amounts are cumulative, so the newest receipt of a channel is all of them; sums are micro-USDC. */
export interface ChannelClaim {
  readonly channel: ChannelId
  readonly domain: Domain
  readonly terms: ChannelTerms
  /** Of the receipt with the highest `cumulative` that both sides have signed. */
  readonly seq: number
  readonly cumulative: bigint
  /** `usageHashOf` its usage. */
  readonly usageHash: Hash
  /** The key that signed for the node. */
  readonly nodeKey: PublicKey
  readonly nodeSignature: Signature
  readonly planeKey: PublicKey
  readonly planeSignature: Signature
  /** The payer's with the highest `max_cumulative`; none where `terms.need` asks for none, or none has come yet. */
  readonly voucher: Voucher | undefined
  /** When the channel's first receipt was finished, in Unix seconds. */
  readonly firstAt: number
}
