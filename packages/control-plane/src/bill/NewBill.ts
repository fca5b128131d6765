/** What an attempt's end owes its node: written with the end itself, which gives it its number and the sum before it. */
import type { ReceiptId } from "@infernet/contract/Id"
import type { Basis, ChannelId, Hash, JobUsage } from "@infernet/contract/Receipt"

export interface NewBill {
  readonly id: ReceiptId
  readonly channel: ChannelId
  readonly usage: JobUsage
  /** `hashStruct` of the usage. */
  readonly usageHash: Hash
  /** `usage.amount`. */
  readonly amount: bigint
  readonly basis: Basis
}
