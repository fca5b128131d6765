/** A home's local chain made ready for money: contracts, gas for its keys, and what is known of it written down. */
import type { Home } from "@infernet/platform/Home"
import { Effect, Option } from "effect"
import { parseEther, toHex } from "viem"
import { hex } from "../receipt/digest.ts"
import { senderOf } from "../settlement/transaction.ts"
import { clientOf } from "./client.ts"
import { collectFees, deploy, mint } from "./deploy.ts"
import { LocalChainError } from "./LocalChainError.ts"
import { type LocalDeployment, read, write } from "./LocalDeployment.ts"
import * as LocalKeys from "./LocalKeys.ts"
import { rpc, transportTo } from "./rpc.ts"

export interface Options {
  readonly home: Pick<Home["Service"], "keys" | "root">
  readonly url: string
  /** The address whose countersignatures count. */
  readonly controlPlaneKey: string
  readonly feeBps: number
  /** More keys that want gas, by their addresses. */
  readonly gasFor: ReadonlyArray<string>
}

export interface Begun {
  readonly deployment: LocalDeployment
  readonly keys: LocalKeys.LocalKeys
  /** Whether the contracts are there since now. */
  readonly isNew: boolean
  /** Gives an address so many micro-dollars, which are worth nothing. */
  readonly mint: (to: string, micros: bigint) => Effect.Effect<string, LocalChainError>
  /** Sends the platform's fees to its treasury; gives how many micro-USDC there were. */
  readonly collectFees: Effect.Effect<bigint, LocalChainError>
}

/** Of the coin that pays for gas: more than anybody uses up here. */
const gas = parseEther("1000")
const enough = parseEther("100")

const fuel = Effect.fnUntraced(function* (url: string, address: string) {
  const ask = rpc(url)
  const has = yield* ask("eth_getBalance", address, "latest")
  if (BigInt(String(has)) < enough) yield* ask("anvil_setBalance", address, toHex(gas))
})

const lost = new LocalChainError({
  message:
    "the local chain has lost its contracts, and with them what was on it: `infernet chain --reset` begins a new one"
})

/** Repeatable: what is there stays as it is. */
export const begin = Effect.fnUntraced(function* ({ controlPlaneKey, feeBps, gasFor, home, url }: Options) {
  const known = yield* read(home.root)
  const keys = yield* LocalKeys.make(home)
  const [gateway, operator, treasury] = [keys.gateway, keys.operator, keys.treasury].map(senderOf)
  const owner = keys.owner.address.toLowerCase()
  if (gateway === undefined || operator === undefined || treasury === undefined) return yield* Effect.die("no keys")
  yield* Effect.forEach([owner, gateway, operator, ...gasFor], (address) => fuel(url, address)).pipe(
    Effect.mapError(({ message }) => new LocalChainError({ message }))
  )
  const chain = clientOf(transportTo(url))
  if (Option.isSome(known)) {
    const { escrow } = known.value
    // Put there anew it would have the old one's address and channels, and nothing of what was reserved for them.
    if ((yield* chain.read((client) => client.getCode({ address: hex(escrow) }))) === undefined) return yield* lost
  }
  const { escrow, isNew, token } = yield* deploy(chain, keys.owner, { treasury, controlPlaneKey, feeBps })
  const deployment: LocalDeployment = {
    chain_id: 31_337,
    rpc_url: url,
    escrow,
    token,
    owner,
    gateway,
    operator,
    treasury
  }
  yield* write(home.root, deployment)
  return {
    deployment,
    keys,
    isNew,
    mint: (to, micros) => mint(chain, keys.owner, token, to, micros),
    collectFees: collectFees(chain, keys.owner, escrow)
  } satisfies Begun as Begun
})
