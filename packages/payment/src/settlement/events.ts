/** What an escrow has told of in its log, as far as somebody here acts on it. */
import { CprEscrow } from "../contracts/CprEscrow.ts"
import { ChannelId, type Address, type Hash } from "@infernet/contract/Receipt"
import { type Log, parseEventLogs } from "viem"
import { type Skip, skipOf } from "./skips.ts"

interface Where {
  readonly channel: ChannelId
  readonly block: bigint
  readonly hash: Hash
}

/** Amounts are micro-USDC. */
export type EscrowEvent =
  | (Where & {
      readonly _tag: "Redeemed"
      readonly node: Address
      readonly payout: Address
      readonly seq: bigint
      /** What the channel has paid in all, the fee included. */
      readonly paid: bigint
      /** What went to the payout address, and what the platform kept. */
      readonly net: bigint
      readonly fee: bigint
    })
  | (Where & { readonly _tag: "Skipped"; readonly reason: Skip | undefined })
  | (Where & { readonly _tag: "Opened"; readonly payer: Address; readonly node: Address; readonly amount: bigint })
  | (Where & { readonly _tag: "CloseRequested"; readonly node: Address; readonly closingAt: number })
  | (Where & { readonly _tag: "Closed"; readonly refunded: bigint })

const names = ["Redeemed", "Skipped", "Opened", "CloseRequested", "Closed"] as const

const lower = (address: string): Address => address.toLowerCase()

/** Those of a contract among logs of mined transactions; others, and events that are none of these, are passed over. */
export const eventsOf = (contract: Address, logs: ReadonlyArray<Log>): Array<EscrowEvent> =>
  parseEventLogs({
    abi: CprEscrow.abi,
    eventName: [...names],
    logs: logs.filter(({ address }) => lower(address) === contract)
  }).flatMap((log): EscrowEvent | [] => {
    const { blockNumber, transactionHash } = log
    if (blockNumber === null || transactionHash === null) return []
    const where = { channel: ChannelId.make(log.args.channelId), block: blockNumber, hash: transactionHash }
    switch (log.eventName) {
      case "Redeemed": {
        const { fee, net, nodeId, paid, payout, seq } = log.args
        return { _tag: "Redeemed", ...where, node: lower(nodeId), payout: lower(payout), seq, paid, net, fee }
      }
      case "Skipped":
        return { _tag: "Skipped", ...where, reason: skipOf(log.args.reason) }
      case "Opened": {
        const { amount, nodeId, payer } = log.args
        return { _tag: "Opened", ...where, payer: lower(payer), node: lower(nodeId), amount }
      }
      case "CloseRequested":
        return { _tag: "CloseRequested", ...where, node: lower(log.args.nodeId), closingAt: log.args.closingAt }
      case "Closed":
        return { _tag: "Closed", ...where, refunded: log.args.refunded }
    }
  })
