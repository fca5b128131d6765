/**
 * The chains that receipts can be paid out on, as data.
 *
 * No escrow of ours is deployed on a public chain: an operator configures its network's contract, which is UNAUDITED.
 */
import type { Address } from "@infernet/contract/Receipt"
import { formatUnits } from "viem"

export interface Chain {
  readonly name: ChainName
  /** As people write it. */
  readonly title: string
  /** EIP-155. */
  readonly id: number
  /** What gas is paid in, with 18 decimals. */
  readonly native: string
  /**
   * What one of it is taken to cost, in micro-USDC, where gas is weighed against earnings. There is no price feed here:
   * these are assumed, on the high side, so that gas is rather thought too dear; a setting says otherwise.
   */
  readonly nativePrice: bigint
  /** The token that is paid out; none where a deployment brings its own. */
  readonly usdc: Address | undefined
  /** Between two blocks, in milliseconds. */
  readonly blockMillis: number
  /** Blocks, its own included, after which a transaction counts as done. */
  readonly confirmations: number
  /** The least that is worth a payout, in micro-USDC. */
  readonly minimumPayout: bigint
  /** A transaction is at `<explorer>/tx/<hash>`, an address at `<explorer>/address/<address>`. */
  readonly explorer: string | undefined
  /** Public endpoints, asked in this order where none are configured. */
  readonly rpcUrls: readonly [string, ...ReadonlyArray<string>]
}

export const chainNames = ["base", "arbitrum", "polygon", "ethereum", "local"] as const
export type ChainName = (typeof chainNames)[number]

const dollar = 1_000_000n

export const chains: Readonly<Record<ChainName, Chain>> = {
  base: {
    name: "base",
    title: "Base",
    id: 8453,
    native: "ETH",
    nativePrice: 5_000n * dollar,
    usdc: "0x833589fcd6edb6e08f4c7c32d4f71b54bda02913",
    blockMillis: 2_000,
    confirmations: 10,
    minimumPayout: dollar,
    explorer: "https://basescan.org",
    rpcUrls: ["https://mainnet.base.org", "https://base-rpc.publicnode.com"]
  },
  arbitrum: {
    name: "arbitrum",
    title: "Arbitrum One",
    id: 42_161,
    native: "ETH",
    nativePrice: 5_000n * dollar,
    usdc: "0xaf88d065e77c8cc2239327c5edb3a432268e5831",
    blockMillis: 250,
    confirmations: 40,
    minimumPayout: dollar,
    explorer: "https://arbiscan.io",
    rpcUrls: ["https://arb1.arbitrum.io/rpc", "https://arbitrum-one-rpc.publicnode.com"]
  },
  polygon: {
    name: "polygon",
    title: "Polygon PoS",
    id: 137,
    native: "POL",
    nativePrice: dollar,
    usdc: "0x3c499c542cef5e3811e1192ce70d8cc03d5c3359",
    blockMillis: 2_000,
    // Its reorganisations have been longer than others'.
    confirmations: 64,
    minimumPayout: dollar,
    explorer: "https://polygonscan.com",
    rpcUrls: ["https://polygon.drpc.org", "https://polygon-bor-rpc.publicnode.com"]
  },
  ethereum: {
    name: "ethereum",
    title: "Ethereum",
    id: 1,
    native: "ETH",
    nativePrice: 5_000n * dollar,
    usdc: "0xa0b86991c6218b36c1d19d4a2e9eb0ce3606eb48",
    blockMillis: 12_000,
    confirmations: 6,
    minimumPayout: 10n * dollar,
    explorer: "https://etherscan.io",
    rpcUrls: ["https://ethereum-rpc.publicnode.com", "https://ethereum.reth.rs/rpc"]
  },
  local: {
    name: "local",
    title: "the local chain",
    id: 31_337,
    native: "ETH",
    // Test money: gas keeps no payout back.
    nativePrice: 0n,
    usdc: undefined,
    blockMillis: 1_000,
    confirmations: 1,
    minimumPayout: 1n,
    explorer: undefined,
    rpcUrls: ["http://127.0.0.1:8545"]
  }
}

/** Where a person can look at a transaction; none on a chain that nobody else sees. */
export const transactionLink = ({ explorer }: Chain, hash: string): string | undefined =>
  explorer === undefined ? undefined : `${explorer}/tx/${hash}`

/** An amount of the chain's own coin, given in wei: `0.0012 ETH`. */
export const coins = (wei: bigint, native: string): string => `${formatUnits(wei, 18)} ${native}`
