/** Where receipts are paid out: the chain, its endpoints and the network's escrow on it, as this home's settings have it. */
import type { LocalChainError } from "@infernet/payment/chain/LocalChainError"
import * as LocalDeployment from "@infernet/payment/chain/LocalDeployment"
import { type Chain, type ChainName, chains } from "@infernet/payment/settlement/Chain"
import { ofUrls } from "@infernet/payment/settlement/Endpoint"
import type { EscrowPlace } from "@infernet/payment/settlement/EscrowViem"
import { Home } from "@infernet/platform/Home"
import { Effect, Option } from "effect"
import { Failure } from "../terminal/exit.ts"
import { flag, setting } from "./options.ts"
import * as values from "./values.ts"

export const chainFlags = {
  chain: flag("chain", "<name>", "Where: base, arbitrum, polygon, ethereum, local (INFERNET_CHAIN)", values.chain),
  escrow: flag(
    "escrow",
    "<address>",
    "The network's escrow contract there, unaudited (INFERNET_ESCROW)",
    values.contract
  ),
  rpcUrl: flag("rpc-url", "<url>", "Its JSON-RPC endpoint (INFERNET_RPC_URL)", values.endpoint),
  rpcUrl2: flag("rpc-url-2", "<url>", "Another one, for when that is silent (INFERNET_RPC_URL_2)", values.endpoint)
}

export interface GivenChain {
  readonly chain: Option.Option<ChainName>
  readonly escrow: Option.Option<string>
  readonly rpcUrl: Option.Option<string>
  readonly rpcUrl2: Option.Option<string>
}

export const noFlags: GivenChain = {
  chain: Option.none(),
  escrow: Option.none(),
  rpcUrl: Option.none(),
  rpcUrl2: Option.none()
}

const settings = {
  chain: setting("INFERNET_CHAIN", values.chain),
  escrow: setting("INFERNET_ESCROW", values.contract),
  rpcUrl: setting("INFERNET_RPC_URL", values.endpoint),
  rpcUrl2: setting("INFERNET_RPC_URL_2", values.endpoint),
  nativePrice: setting("INFERNET_NATIVE_PRICE", values.dollars)
}

/** Whether payouts are made without anybody having asked. */
export const autoPayout = Effect.map(setting("INFERNET_AUTO_PAYOUT", values.flag)(), (given) =>
  Option.getOrElse(given, () => false)
)

const failureOf = ({ message }: LocalChainError) => new Failure({ message })

/** The local chain of this home: where it answers, and what is on it. */
const local = Effect.flatMap(Home, ({ root }) => Effect.mapError(LocalDeployment.read(root), failureOf))

const noEscrow = (chain: Chain) => {
  const what = `the address of the network's escrow on ${chain.title} is needed: ask whoever runs the network, and set it`
  return new Failure({
    message: `${what} with \`infernet config set escrow 0x…\` (or --escrow, or INFERNET_ESCROW)`,
    code: 2
  })
}

const noLocalChain = new Failure({
  message:
    "this home has no local chain: `infernet start --payments local` begins one, or name another one with --chain"
})

const placeOn = Effect.fnUntraced(function* (name: ChainName, given: GivenChain) {
  const price = yield* settings.nativePrice()
  const chain: Chain = { ...chains[name], ...(Option.isSome(price) && { nativePrice: price.value }) }
  const [escrow, rpcUrl, rpcUrl2] = yield* Effect.all([
    settings.escrow(given.escrow),
    settings.rpcUrl(given.rpcUrl),
    settings.rpcUrl2(given.rpcUrl2)
  ])
  const urls = [rpcUrl, rpcUrl2].flatMap((url) => Option.toArray(url))
  if (Option.isSome(escrow)) {
    const place: EscrowPlace = {
      chain,
      contract: escrow.value,
      endpoints: ofUrls(urls.length > 0 ? urls : chain.rpcUrls)
    }
    return place
  }
  if (name !== "local") return yield* noEscrow(chain)
  const here = yield* local
  if (Option.isNone(here)) return yield* noLocalChain
  const { escrow: contract, rpc_url } = here.value
  const place: EscrowPlace = { chain, contract, endpoints: ofUrls(urls.length > 0 ? urls : [rpc_url]) }
  return place
})

/** None where no chain is named and this home has none of its own. */
export const place = Effect.fnUntraced(function* (given: GivenChain = noFlags) {
  const named = yield* settings.chain(given.chain)
  if (Option.isSome(named)) return Option.some(yield* placeOn(named.value, given))
  const here = yield* local
  return Option.isSome(here) ? Option.some(yield* placeOn("local", given)) : Option.none<EscrowPlace>()
})

/**
 * The escrows in which this node's work may be paid: the one that its operator has named; any where none is, as what a
 * home once had for itself says nothing of the network that it joins.
 */
export const domains = Effect.gen(function* () {
  const named = yield* settings.chain()
  if (Option.isNone(named)) return undefined
  const { chain, contract } = yield* placeOn(named.value, noFlags)
  return [{ chain_id: chain.id, contract }]
})

/** The place, for whoever cannot do without. */
export const required = Effect.fnUntraced(function* (given: GivenChain) {
  const found = yield* place(given)
  if (Option.isSome(found)) return found.value
  const how = "name it with `infernet config set chain base` (or --chain, or INFERNET_CHAIN), and its escrow"
  const message = `this home knows of no chain that receipts are paid out on: ask whoever runs the network, and ${how}`
  return yield* new Failure({ message, code: 2 })
})
