/**
 * The platform as payer of nodes, off every job's way: keeps reserves behind what was earned and signed for, and books what
 * nodes redeem. Each pass reads the chain and does what is missing, so that one that failed, or was killed, is made good by
 * the next. Jobs go on whatever comes of it: work that no reserve is behind is trust, and each node decides about that.
 */
import { numberOf } from "@infernet/contract/Micros"
import type { Identity } from "@infernet/auth/Identity"
import type { Chain } from "@infernet/payment/settlement/Chain"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import { Context, Duration, Effect, Layer, Schedule, Semaphore } from "effect"
import { gauge } from "../metrics/gauge.ts"
import * as Funding from "./Funding.ts"
import * as Redemptions from "./Redemptions.ts"
import type { Caps } from "./reserves.ts"

export interface Options {
  readonly payer: Identity["Service"]
  readonly caps: Caps
  /** See `Redemptions`. */
  readonly settledAfterSeconds: number
}

export class Gateway extends Context.Service<
  Gateway,
  {
    /** Looks at everything once; one at a time. Fails never: what stood in the way is in `troubles`. */
    readonly pass: Effect.Effect<void>
    /** Why nodes get no reserves at present, or what is not booked: sentences for the operator of the platform. */
    readonly troubles: () => ReadonlyArray<string>
  }
>()("@infernet/control-plane/gateway/Gateway") {
  static readonly layer = (options: Options) => Layer.effect(Gateway, make(options))
}

/** Several blocks, within what endpoints bear; a chain of one's own is asked often, as somebody waits who tries it out. */
const pauseOf = ({ blockMillis, name }: Chain) =>
  Duration.millis(name === "local" ? 500 : Math.min(30_000, Math.max(5_000, 4 * blockMillis)))

const make = Effect.fnUntraced(function* ({ caps, payer, settledAfterSeconds }: Options) {
  const { chain } = yield* Escrow
  const fund = yield* Funding.make({ payer, caps })
  const book = yield* Redemptions.make({ settledAfterSeconds })
  const gate = yield* Semaphore.make(1)
  let troubles: ReadonlyArray<string> = []
  let staked = 0n

  const funding = Effect.match(fund, {
    onFailure: (error) => [error.message],
    onSuccess: (funded) => {
      staked = funded.staked
      return funded.warnings
    }
  })
  const booking = Effect.match(book, {
    onFailure: (error) => [`what nodes have redeemed is not booked: ${error.message}`],
    onSuccess: () => []
  })

  /** Told once, and again when it is another. */
  const tell = Effect.fnUntraced(function* (now: ReadonlyArray<string>) {
    for (const trouble of now) {
      if (!troubles.includes(trouble))
        yield* Effect.logWarning("the gateway cannot fund nodes as it should", { trouble })
    }
    if (now.length === 0 && troubles.length > 0) yield* Effect.logInfo("the gateway funds nodes again")
    troubles = now
  })

  const pass = gate.withPermits(1)(Effect.all([funding, booking]).pipe(Effect.flatMap((found) => tell(found.flat()))))

  yield* gauge("infernet_gateway_staked_micros", "Micro-USDC reserved for nodes on chain and not paid out", () =>
    numberOf(staked)
  )
  yield* gauge(
    "infernet_gateway_troubles",
    "What keeps the gateway from funding nodes as it should",
    () => troubles.length
  )
  yield* pass.pipe(
    Effect.ignoreCause({ log: "Error", message: "the gateway's pass came to nothing; the next one follows" }),
    Effect.repeat(Schedule.spaced(pauseOf(chain))),
    Effect.forkScoped
  )
  return Gateway.of({ pass, troubles: () => troubles })
})
