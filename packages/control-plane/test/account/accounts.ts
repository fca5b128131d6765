/** Accounts and keys on one database, as replicas of a control plane see them. */
import * as ApiKey from "@infernet/auth/ApiKey"
import { usualOfAccount, usualOfKey } from "@infernet/contract/Limits"
import { Accounts } from "@infernet/control-plane/account/Accounts"
import { ApiKeys } from "@infernet/control-plane/account/ApiKeys"
import { Callers } from "@infernet/control-plane/account/Callers"
import { UsageReport } from "@infernet/control-plane/account/UsageReport"
import { Settings } from "@infernet/control-plane/Settings"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Context, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { SqlClient } from "effect/sql"
import { settings } from "../world.ts"

const services = Layer.mergeAll(ApiKeys.layer, UsageReport.layer).pipe(
  Layer.provideMerge(Accounts.layer),
  Layer.provideMerge(Callers.layer)
)

/** A database, and any number of processes on it, each with a memory of its own. */
export const database = Effect.gen(function* () {
  const stored = yield* Layer.build(Layer.fresh(TestDatabase.layer))
  const below = Layer.mergeAll(
    Layer.succeedContext(stored),
    Layer.succeed(Settings, { ...settings, limits: { key: usualOfKey, account: usualOfAccount } }),
    SecureRandom.layerWebCrypto
  )
  const replica = Effect.map(Layer.build(Layer.fresh(Layer.provide(services, below))), (context) => ({
    accounts: Context.get(context, Accounts),
    keys: Context.get(context, ApiKeys),
    callers: Context.get(context, Callers),
    usage: Context.get(context, UsageReport)
  }))
  return { replica, sql: Context.get(stored, SqlClient.SqlClient) }
})

/** A key that does not exist. */
export const stranger = Effect.provide(ApiKey.generate, SecureRandom.layerWebCrypto)
