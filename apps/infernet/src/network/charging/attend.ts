/** The platform's side of a chain, once there are a ledger and a database: its gateway, and the money of a local chain. */
import { Accounts } from "@infernet/control-plane/account/Accounts"
import { shortage } from "@infernet/control-plane/gateway/backing"
import { CeilingStore } from "@infernet/control-plane/gateway/CeilingStore"
import { Gateway } from "@infernet/control-plane/gateway/Gateway"
import { GatewayStore } from "@infernet/control-plane/gateway/GatewayStore"
import * as Vouchers from "@infernet/control-plane/gateway/Vouchers"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import { Settings } from "@infernet/control-plane/Settings"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import { Context, Effect, Layer, Schedule } from "effect"
import type { SqlClient } from "effect/sql"
import * as settings from "../../settings/payments.ts"
import { Failure } from "../../terminal/exit.ts"
import type { OnChain } from "./Charging.ts"

/** What the person at this machine begins with on a local chain, in micro-USDC. */
const testMoney = 100_000_000n

/** Signs what jobs may cost; nothing where nobody pays over a chain. */
export const vouchers = (chain: OnChain | undefined, replica: string) =>
  chain === undefined
    ? Layer.empty
    : Layer.unwrap(
        Effect.map(settings.outstanding, (outstanding) => Vouchers.layer({ signer: chain.signer, outstanding }))
      ).pipe(Layer.provide(CeilingStore.layerSql(replica)))

/**
 * The books of a local chain are honest as well: the administrator's account is given a deposit, once for each chain, and
 * the gateway has as many test dollars as customers and nodes have in the ledger, however those came there.
 */
const endow = Effect.fnUntraced(function* ({ escrow, local, payer }: OnChain) {
  if (local === undefined) return
  const { id } = yield* (yield* Accounts).admin
  yield* (yield* Ledger).deposit({
    account: id,
    amount: testMoney,
    reference: `local chain ${escrow.contract}`,
    note: "test money"
  })
  const missing = yield* shortage(payer.id)
  if (missing > 0n) yield* local.mint(payer.id, missing)
})

/** Anybody may send the fees to the treasury; on a chain of one's own nobody else does. */
const treasury = ({ collectFees }: NonNullable<OnChain["local"]>) =>
  collectFees.pipe(
    Effect.ignore({ log: "Warn", message: "fees are in the escrow still; trying again" }),
    Effect.repeat(Schedule.spaced("2 seconds"))
  )

/** Until the scope closes. */
export const attend = Effect.fnUntraced(
  function* (chain: OnChain, services: Context.Context<Accounts | Ledger | Settings | SqlClient.SqlClient>) {
    const { replica } = Context.get(services, Settings)
    const { escrow, payer, settledAfterSeconds } = chain
    const below = GatewayStore.layerSql(replica, payer.id, escrow.domain).pipe(
      Layer.provideMerge(Layer.merge(Layer.succeedContext(services), Layer.succeed(Escrow, escrow)))
    )
    const context = yield* Layer.build(below)
    yield* endow(chain).pipe(Effect.provideContext(context))
    const options = { payer, caps: yield* settings.caps, settledAfterSeconds }
    if (chain.local !== undefined) yield* Effect.forkScoped(treasury(chain.local))
    const gateway = yield* Layer.build(Gateway.layer(options).pipe(Layer.provide(Layer.succeedContext(context))))
    return Context.get(gateway, Gateway)
  },
  Effect.catchTag(["LocalChainError", "RpcUnavailable", "NotFound", "Conflict", "Unavailable"], (error) =>
    Effect.fail(new Failure({ message: "error_message" in error ? error.error_message : error.message }))
  )
)
