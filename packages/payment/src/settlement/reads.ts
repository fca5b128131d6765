/** What an escrow and its token say now. */
import type { NodeId } from "@infernet/contract/Id"
import type { Address, ChannelId } from "@infernet/contract/Receipt"
import { Effect } from "effect"
import { erc20Abi, getAbiItem } from "viem"
import { CprEscrow } from "../contracts/CprEscrow.ts"
import { hex } from "../receipt/digest.ts"
import type { ContractClaim } from "./calls.ts"
import type { ChannelState, Escrow, RegisteredNode } from "./Escrow.ts"
import { eventsOf } from "./events.ts"
import type { Rpc } from "./Rpc.ts"
import { skipOf } from "./skips.ts"

const { abi } = CprEscrow
const redeemed = getAbiItem({ abi, name: "Redeemed" })
const zero: Address = `0x${"0".repeat(40)}`
/** `closingAt` of a closed channel: the largest that 40 bits hold. */
const closed = 2 ** 40 - 1
/** Ids in one question. */
const idsAtOnce = 500

const lower = (address: string): Address => address.toLowerCase()

const chunksOf = <A>(items: ReadonlyArray<A>, size: number): Array<ReadonlyArray<A>> =>
  Array.from({ length: Math.ceil(items.length / size) }, (_, chunk) => items.slice(chunk * size, (chunk + 1) * size))

export const tokenOf = (rpc: Rpc, contract: Address) =>
  Effect.map(
    rpc.read((client) => client.readContract({ address: hex(contract), abi, functionName: "token" })),
    lower
  )

type Reads = Pick<
  Escrow["Service"],
  "terms" | "channels" | "node" | "funds" | "native" | "gasPrice" | "head" | "preview" | "redemptions"
>

export const make = (rpc: Rpc, contract: Address, token: Address): Reads => {
  const at = { address: hex(contract), abi } as const

  const channels = (ids: ReadonlyArray<ChannelId>) =>
    Effect.map(
      Effect.forEach(chunksOf(ids, idsAtOnce), (chunk) =>
        rpc.read((client) => client.readContract({ ...at, functionName: "channelsOf", args: [chunk.map(hex)] }))
      ),
      (chunks) =>
        chunks.flat().map(({ closingAt, paid, reserved }): ChannelState => ({
          reserved,
          paid,
          closingAt: closingAt === 0 || closingAt === closed ? undefined : closingAt,
          isClosed: closingAt === closed
        }))
    )

  const node = (id: NodeId) =>
    rpc.read(async (client): Promise<RegisteredNode | undefined> => {
      const args = [hex(id)] as const
      const [[key, at_, operator, , next], payout, payoutNonce] = await Promise.all([
        client.readContract({ ...at, functionName: "nodes", args }),
        client.readContract({ ...at, functionName: "payoutOf", args }),
        client.readContract({ ...at, functionName: "payoutNonce", args })
      ])
      if (operator === zero) return undefined
      const isToCome = at_ !== 0 && lower(next) !== lower(payout)
      return {
        key: lower(key),
        operator: lower(operator),
        payout: lower(payout),
        next: isToCome ? { payout: lower(next), at: at_ } : undefined,
        payoutNonce
      }
    })

  const funds = (payer: Address) =>
    rpc.read(async (client) => {
      const erc20 = { address: hex(token), abi: erc20Abi } as const
      const [pool, wallet, allowance] = await Promise.all([
        client.readContract({ ...at, functionName: "balanceOf", args: [hex(payer)] }),
        client.readContract({ ...erc20, functionName: "balanceOf", args: [hex(payer)] }),
        client.readContract({ ...erc20, functionName: "allowance", args: [hex(payer), hex(contract)] })
      ])
      return { pool, wallet, allowance }
    })

  return {
    channels,
    node,
    funds,
    terms: rpc.read(async (client) => {
      const [feeBps, isPaused] = await Promise.all([
        client.readContract({ ...at, functionName: "feeBps" }),
        client.readContract({ ...at, functionName: "paused" })
      ])
      return { feeBps, isPaused }
    }),
    native: (address) => rpc.read((client) => client.getBalance({ address: hex(address) })),
    gasPrice: rpc.read((client) => client.getGasPrice()),
    head: Effect.map(
      rpc.read((client) => client.getBlock()),
      ({ number, timestamp }) => ({ number, time: Number(timestamp) })
    ),
    preview: (payout: Address, claim: ContractClaim) =>
      Effect.map(
        rpc.read((client) => client.readContract({ ...at, functionName: "preview", args: [hex(payout), claim] })),
        ([reason, upTo]) => ({ skip: skipOf(reason), upTo })
      ),
    redemptions: (id: NodeId, fromBlock: bigint, toBlock: bigint) =>
      Effect.map(
        rpc.read((client) =>
          client.getLogs({ address: hex(contract), event: redeemed, args: { nodeId: hex(id) }, fromBlock, toBlock })
        ),
        (logs) => eventsOf(contract, logs)
      )
  }
}
