/** The node's own eye on its money: redeems what its payers close and, where that is set, all that is worth it. */
import type { Keyring } from "@infernet/daemon/node/Keyring"
import * as PayoutWatch from "@infernet/payment/settlement/payout/PayoutWatch"
import { Effect, Option, Schedule } from "effect"
import * as chain from "../settings/chain.ts"
import { claims } from "./claims.ts"
import * as keys from "./keys.ts"
import * as services from "./services.ts"

/** For as long as the scope lives, where this home knows of a chain; no trouble of the chain ends the node. */
export const run = Effect.fnUntraced(function* (self: Keyring["Service"]) {
  const place = yield* chain.place()
  if (Option.isNone(place)) return
  const isAuto = yield* chain.autoPayout
  const context = yield* Effect.context<Effect.Services<typeof claims>>()
  const readKeys = Effect.map(keys.read(Option.none()), ({ operator }) => ({ node: self.current(), operator }))
  const watched = {
    claims: Effect.provideContext(claims, context),
    keys: Effect.provideContext(readKeys, context),
    isAuto
  }
  let told: string | undefined
  const { chain: at, contract } = place.value
  yield* Effect.logInfo("watches over its channels", { chain: at.name, contract, audited: false, auto: isAuto })
  yield* PayoutWatch.run(watched).pipe(
    Effect.provide(services.layer(place.value), { local: true }),
    Effect.tapError(({ message }) => {
      if (message === told) return Effect.void
      told = message
      return Effect.logWarning("the chain cannot be asked", { reason: message })
    }),
    // A local chain may come up after its node; an endpoint comes back.
    Effect.retry(Schedule.spaced("1 minute")),
    Effect.ignoreCause({ log: "Error", message: "channels are no longer watched over" }),
    Effect.forkScoped
  )
})
