/** Charging over a chain of the home's own, with test money: started, begun and told. */
import { Anvil } from "@infernet/payment/chain/Anvil"
import { begin } from "@infernet/payment/chain/begin"
import { LocalChain, settledAfter } from "@infernet/payment/chain/LocalChain"
import type { LocalChainError } from "@infernet/payment/chain/LocalChainError"
import * as LocalDeployment from "@infernet/payment/chain/LocalDeployment"
import { transportTo } from "@infernet/payment/chain/rpc"
import { chains } from "@infernet/payment/settlement/Chain"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import * as EscrowViem from "@infernet/payment/settlement/EscrowViem"
import { Home } from "@infernet/platform/Home"
import { Context, Duration, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { setting } from "../../settings/options.ts"
import * as values from "../../settings/values.ts"
import { Failure } from "../../terminal/exit.ts"
import * as fetching from "../fetching.ts"
import { planeIdentity } from "../planeIdentity.ts"
import type { OnChain } from "./Charging.ts"

const port = setting("INFERNET_CHAIN_PORT", values.port)

/** The port that it had before, unless another is asked for. */
const portOf = Effect.fnUntraced(function* (root: string) {
  const given = yield* port()
  if (Option.isSome(given)) return given
  return Option.map(yield* LocalDeployment.read(root), ({ rpc_url }) => Number(new URL(rpc_url).port))
})

const failed = ({ message }: LocalChainError) => new Failure({ message })

/** Runs the home's chain until the scope closes, and puts on it what is not there yet. */
export const run = Effect.fnUntraced(
  function* (feeBps: number, gasFor: ReadonlyArray<string>) {
    const home = yield* Home
    const fetch = fetching.make("chain")
    const layer = LocalChain.layer({ root: home.root, port: yield* portOf(home.root) }).pipe(
      Layer.provide(Anvil.layer(fetch.hear))
    )
    const chain = Context.get(yield* fetch.told(Layer.build(layer)), LocalChain)
    const { id } = yield* planeIdentity
    const begun = yield* begin({ home, url: chain.url, controlPlaneKey: id, feeBps, gasFor }).pipe(
      Effect.provide(SecureRandom.layerWebCrypto)
    )
    return { chain, begun }
  },
  Effect.catchTag("LocalChainError", (error) => Effect.fail(failed(error)))
)

export const open = Effect.fnUntraced(function* (feeBps: number, gasFor: ReadonlyArray<string>) {
  const { begun, chain } = yield* run(feeBps, gasFor)
  const { collectFees, deployment, keys, mint } = begun
  const place: EscrowViem.EscrowPlace = {
    chain: chains.local,
    contract: deployment.escrow,
    endpoints: [{ name: "the local chain", transport: transportTo(chain.url) }]
  }
  const escrow = Context.get(yield* Layer.build(EscrowViem.layer(place)), Escrow)
  return {
    escrow,
    payer: keys.gateway,
    signer: keys.session,
    settledAfterSeconds: Duration.toSeconds(settledAfter),
    local: { deployment, operator: keys.operator, mint, collectFees, ended: chain.ended }
  } satisfies OnChain as OnChain
})
