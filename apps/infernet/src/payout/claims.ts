/** What this home's node may be paid for: the newest receipt of each of its channels. */
import type { ChannelClaim as Kept } from "@infernet/daemon/receipt/Claims"
import { Claims } from "@infernet/daemon/receipt/Claims"
import { usageHashOf } from "@infernet/payment/receipt/digest"
import type { ChannelClaim } from "@infernet/payment/settlement/ChannelClaim"
import { Home } from "@infernet/platform/Home"
import { Context, Effect, Layer } from "effect"
import { join } from "node:path"

/** None where nothing of the channel is countersigned yet. */
export const claimOf = ({ channelId, domain, firstAt, receipt, terms, voucher }: Kept): ChannelClaim | undefined =>
  receipt && {
    channel: channelId,
    domain,
    terms,
    seq: receipt.seq,
    cumulative: BigInt(receipt.cumulative),
    usageHash: usageHashOf(receipt.usage),
    nodeKey: receipt.node_key,
    nodeSignature: receipt.node_signature,
    planeKey: receipt.plane_key,
    planeSignature: receipt.plane_signature,
    voucher,
    firstAt: firstAt ?? receipt.usage.finished_at
  }

/** Read from the files, which another process may be writing. */
export const claims = Effect.gen(function* () {
  const { root } = yield* Home
  const kept = Context.get(yield* Layer.build(Claims.layerFolder(join(root, "receipts"))), Claims)
  return (yield* kept.newest).flatMap((one) => claimOf(one) ?? [])
}).pipe(Effect.scoped)
