/**
 * Puts test dollar and escrow on a local chain, once: their addresses follow from the owner's key and its first two
 * transactions, so that whoever is killed in between goes on where that was.
 */
import type { Address } from "@infernet/contract/Receipt"
import { Effect } from "effect"
import { type Account, getContractAddress, type Hex } from "viem"
import { CprEscrow } from "../contracts/CprEscrow.ts"
import { TestUSD } from "../contracts/TestUSD.ts"
import { hex } from "../receipt/digest.ts"
import type { Chain } from "./client.ts"
import { LocalChainError } from "./LocalChainError.ts"

export interface Terms {
  readonly treasury: Address
  /** Whose countersignatures count. */
  readonly controlPlaneKey: Address
  /** The platform's part of new channels, in ten-thousandths. */
  readonly feeBps: number
}

export interface Deployed {
  readonly token: Address
  readonly escrow: Address
  /** Whether this call put something there. */
  readonly isNew: boolean
}

const addressAt = (owner: Account, nonce: bigint): Hex => {
  const address = getContractAddress({ from: owner.address, nonce }).toLowerCase()
  return hex(address)
}

const another = (what: string) =>
  new LocalChainError({ message: `the local chain ${what}: \`infernet chain --reset\` begins a new one` })

/** What is there already is looked at, and the fee set right. */
export const deploy = Effect.fnUntraced(function* (chain: Chain, owner: Account, terms: Terms) {
  const [token, escrow] = [addressAt(owner, 0n), addressAt(owner, 1n)]
  const isThere = (address: Hex) => chain.read((client) => client.getCode({ address }))
  const isNew = (yield* isThere(escrow)) === undefined
  if ((yield* isThere(token)) === undefined) {
    yield* chain.send(owner, (wallet) => wallet.deployContract({ ...TestUSD, args: [], nonce: 0 }))
  }
  if (isNew) {
    const args = [token, owner.address, hex(terms.treasury), hex(terms.controlPlaneKey), terms.feeBps] as const
    yield* chain.send(owner, (wallet) => wallet.deployContract({ ...CprEscrow, args, nonce: 1 }))
  }
  const at = { address: escrow, abi: CprEscrow.abi } as const
  const [isOurs, feeBps] = yield* chain.read((client) =>
    Promise.all([
      client.readContract({ ...at, functionName: "isControlPlaneKey", args: [hex(terms.controlPlaneKey)] }),
      client.readContract({ ...at, functionName: "feeBps" })
    ])
  )
  // A key is added with two days' notice, which nobody waits for on a chain of test money.
  if (!isOurs) return yield* another("was made for another control plane's key")
  if (feeBps !== terms.feeBps) {
    yield* chain.send(owner, (wallet) =>
      wallet.writeContract({ ...at, functionName: "setFee", args: [terms.feeBps], chain: null, account: owner })
    )
  }
  return { token, escrow, isNew } satisfies Deployed
})

/** Sends the platform's fees to its treasury; gives how many micro-USDC there were. */
export const collectFees = Effect.fnUntraced(function* (chain: Chain, sender: Account, escrow: Address) {
  const at = { address: hex(escrow), abi: CprEscrow.abi } as const
  const fees = yield* chain.read((client) => client.readContract({ ...at, functionName: "fees" }))
  if (fees === 0n) return 0n
  yield* chain.send(sender, (wallet) =>
    wallet.writeContract({ ...at, functionName: "withdrawFees", chain: null, account: sender })
  )
  return fees
})

/** Gives an address test dollars, in micro-USDC. */
export const mint = (chain: Chain, owner: Account, token: Address, to: Address, amount: bigint) =>
  chain.send(owner, (wallet) =>
    wallet.writeContract({
      address: hex(token),
      abi: TestUSD.abi,
      functionName: "mint",
      args: [hex(to), amount],
      chain: null,
      account: owner
    })
  )
