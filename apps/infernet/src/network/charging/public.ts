/** Charging over an escrow on a chain that others run: its address and the gateway's keys come from the settings. */
import { Identity } from "@infernet/auth/Identity"
import * as KeyFile from "@infernet/auth/KeyFile"
import { type ChainName, chains } from "@infernet/payment/settlement/Chain"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import * as EscrowViem from "@infernet/payment/settlement/EscrowViem"
import { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { Config, Context, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { join } from "node:path"
import * as chain from "../../settings/chain.ts"
import { Failure } from "../../terminal/exit.ts"
import { during } from "../../terminal/progress.ts"
import type { OnChain } from "./Charging.ts"

/** One that is named has to be there; the home's own is made. */
const keyOf = Effect.fnUntraced(
  function* (variable: string, usual: string) {
    const named = yield* Config.option(Config.NonEmptyString(variable))
    const { keys } = yield* Home
    const stored = yield* Option.match(named, {
      onNone: () => KeyFile.readOrCreate(join(keys, usual)),
      onSome: (path) => KeyFile.read(path)
    })
    return Identity.fromStoredKey(stored)
  },
  (key, variable) =>
    key.pipe(
      Effect.provide(SecureRandom.layerWebCrypto),
      Effect.catchTags({
        KeyFileError: ({ message }) => Effect.fail(new Failure({ message })),
        PlatformError: (error) => Effect.fail(new Failure({ message: `${variable}: ${refused.sentence(error)}` }))
      })
    )
)

const wrongFee = (given: number, escrows: number) =>
  new Failure({
    message: `INFERNET_FEE_BPS is ${given}, and the escrow's fee is ${escrows}: leave it out, or have the escrow's owner change that`,
    code: 2
  })

export const open = Effect.fnUntraced(
  function* (name: ChainName, feeBps: Option.Option<number>) {
    const place = yield* chain.required({ ...chain.noFlags, chain: Option.some(name) })
    const payer = yield* keyOf("INFERNET_GATEWAY_KEY_FILE", "gateway.key")
    const signer = yield* keyOf("INFERNET_GATEWAY_SESSION_KEY_FILE", "gateway-session.key")
    const escrow = Context.get(
      yield* Layer.build(EscrowViem.layer(place)).pipe(during("chain", () => `asking ${chains[name].title}`)),
      Escrow
    )
    const terms = yield* escrow.terms
    if (Option.isSome(feeBps) && feeBps.value !== terms.feeBps) return yield* wrongFee(feeBps.value, terms.feeBps)
    return { escrow, payer, signer, settledAfterSeconds: 0, local: undefined } satisfies OnChain as OnChain
  },
  Effect.catchTag(["RpcUnavailable", "WrongChain", "WrongContract"], ({ message }) =>
    Effect.fail(new Failure({ message }))
  )
)
