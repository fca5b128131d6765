/** Which channels are to be opened or topped up, by how much, and what stands in the way: decided from what is known. */
import type { NodeId } from "@infernet/contract/Id"
import { usdc } from "@infernet/contract/Micros"
import type { ChannelId } from "@infernet/contract/Receipt"

/** How much the platform puts at stake, in micro-USDC. */
export interface Caps {
  /** Beyond what is earned and signed for, so that top-ups are rare. */
  readonly buffer: bigint
  /** Reserved for one node and not paid out. */
  readonly perNode: bigint
  /** The same of all nodes. */
  readonly total: bigint
}

/** A channel as it is here and on chain; sums are micro-USDC over its whole life. */
export interface Standing {
  readonly channel: ChannelId
  readonly node: NodeId
  /** Billed. */
  readonly earned: bigint
  /** Signed for: no less than what is earned, but for what was billed without. */
  readonly ceiling: bigint
  readonly reserved: bigint
  readonly paid: bigint
  /** Registered on chain: it has a payout address there. */
  readonly isRegistered: boolean
}

export interface Opening {
  readonly channel: ChannelId
  /** To be added to its reserve. */
  readonly amount: bigint
}

export interface Plan {
  readonly openings: ReadonlyArray<Opening>
  /** To be moved from the wallet to the escrow before. */
  readonly deposit: bigint
  /** Sentences for the operator of the platform. */
  readonly warnings: ReadonlyArray<string>
}

/** What the gateway's wallet has, and its pool in the escrow. */
export interface Funds {
  readonly wallet: bigint
  readonly pool: bigint
}

const least = (...amounts: readonly [bigint, ...ReadonlyArray<bigint>]) => amounts.reduce((a, b) => (a < b ? a : b))
const most = (a: bigint, b: bigint) => (a > b ? a : b)
const atLeastZero = (amount: bigint) => most(amount, 0n)

const needOf = ({ ceiling, earned }: Standing) => most(ceiling, earned)

/** Below half of the buffer it is time. */
const isDue = (standing: Standing, { buffer }: Caps) =>
  standing.isRegistered && standing.reserved < needOf(standing) + buffer / 2n

/** The unpaid first, and of those the node that is owed most. */
const byUrgency = (a: Standing, b: Standing) => {
  const [missingA, missingB] = [a.earned - a.reserved, b.earned - b.reserved]
  return missingA === missingB ? 0 : missingA > missingB ? -1 : 1
}

export const plan = (standings: ReadonlyArray<Standing>, caps: Caps, { pool, wallet }: Funds): Plan => {
  let staked = standings.reduce((sum, { paid, reserved }) => sum + reserved - paid, 0n)
  let funds = pool + wallet
  const openings: Array<Opening> = []
  const warnings = new Set<string>()
  for (const standing of standings.filter((one) => isDue(one, caps)).toSorted(byUrgency)) {
    const { channel, node, paid, reserved } = standing
    const wanted = needOf(standing) + caps.buffer - reserved
    const perNode = atLeastZero(caps.perNode - (reserved - paid))
    const total = atLeastZero(caps.total - staked)
    const amount = least(wanted, perNode, total, funds)
    if (amount < wanted) {
      if (amount === funds) {
        warnings.add(
          `the gateway's money is spent: ${usdc(wanted)} USDC are wanted for nodes and it has ${usdc(funds)}`
        )
      } else if (amount === total) {
        warnings.add(
          `all nodes together have reached the gateway's cap of ${usdc(caps.total)} USDC: raise INFERNET_GATEWAY_CAP`
        )
      } else {
        warnings.add(
          `node ${node} has reached the gateway's cap of ${usdc(caps.perNode)} USDC a node: it is to redeem, or raise INFERNET_GATEWAY_CAP_PER_NODE`
        )
      }
    }
    // A crumb is not worth its gas; it comes with more later.
    if (amount === 0n || amount < least(wanted, caps.buffer / 2n)) continue
    openings.push({ channel, amount })
    staked += amount
    funds -= amount
  }
  const spent = openings.reduce((sum, { amount }) => sum + amount, 0n)
  return { openings, deposit: atLeastZero(spent - pool), warnings: [...warnings] }
}
