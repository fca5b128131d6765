/** A whole network over real sockets: a control plane with a database, and daemons whose backends the test plays. */
import * as ApiKey from "@infernet/auth/ApiKey"
import { HardwareReadings } from "@infernet/backend/Hardware"
import type { Role } from "@infernet/contract/Account"
import { makeAccountId, makeApiKeyId } from "@infernet/contract/Id"
import * as ControlPlane from "@infernet/control-plane/ControlPlane"
import { JobStore } from "@infernet/control-plane/job/JobStore"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { noLimits, openToAll, Settings } from "@infernet/control-plane/Settings"
import * as Daemon from "@infernet/daemon/Daemon"
import * as WebSocketTransport from "@infernet/daemon/link/WebSocketTransport"
import { Keyring } from "@infernet/daemon/node/Keyring"
import type { Ask } from "@infernet/payment/price/ask"
import * as BunHttp from "@infernet/platform/BunHttp"
import { Router } from "@infernet/routing/Router"
import { Context, Duration, Effect, FileSystem, Layer, Redacted, SubscriptionRef } from "effect"
import { SecureRandom } from "effect/crypto"
import { FetchHttpClient, HttpServer } from "effect/http"
import { SqlClient } from "effect/sql"
import { hardware, layer as backends, model, type Script } from "./fakes/ScriptedBackends.ts"
import * as planeIdentity from "./fakes/planeIdentity.ts"
import * as TestDatabase from "./TestDatabase.ts"

const settings: Settings["Service"] = {
  id: planeIdentity.planeId,
  version: "1.0.0",
  replica: "test",
  url: "http://127.0.0.1",
  allowedHosts: new Set(["127.0.0.1"]),
  admission: openToAll,
  openSignUp: false,
  limits: noLimits,
  payments: paymentsOff,
  trustedProxies: [],
  firstContentWithin: Duration.minutes(5),
  jobWithin: Duration.minutes(30),
  logKeptFor: Duration.minutes(10)
}

/** A control plane on a free port of loopback, gone with the scope; `change` may make its store fail. */
export const plane = Effect.fnUntraced(function* (
  options: Partial<Settings["Service"]> = {},
  change: (store: JobStore["Service"]) => JobStore["Service"] = (store) => store
) {
  const http = yield* Layer.build(Layer.fresh(BunHttp.layer({ port: 0 })))
  const { address } = Context.get(http, HttpServer.HttpServer)
  const port = "port" in address ? address.port : 0
  const below = Layer.mergeAll(
    TestDatabase.layer,
    Layer.succeed(Settings, { ...settings, ...options }),
    planeIdentity.layer,
    SecureRandom.layerWebCrypto
  )
  const changed = Layer.effect(JobStore, Effect.map(JobStore, change)).pipe(Layer.provideMerge(ControlPlane.stores))
  const services = yield* Layer.build(
    Layer.fresh(ControlPlane.services.pipe(Layer.provideMerge(changed), Layer.provideMerge(below)))
  )
  const served = ControlPlane.serve(ControlPlane.routes).pipe(
    Layer.provide([Layer.succeedContext(services), Layer.succeedContext(http)])
  )
  yield* Layer.build(Layer.fresh(served))
  return { url: `http://127.0.0.1:${port}`, port, services, files: Context.get(http, FileSystem.FileSystem), http }
})

export type Plane = Effect.Success<ReturnType<typeof plane>>

/** An account of its own, and its key. */
export const account = Effect.fnUntraced(function* ({ services }: Plane, role: Role = "client") {
  const sql = Context.get(services, SqlClient.SqlClient)
  const key = yield* Effect.provideContext(ApiKey.generate, services)
  const [id, keyId] = [yield* makeAccountId, yield* makeApiKeyId]
  yield* sql`insert into account (id, name, role, created_at) values (${id}, 'test', ${role}, now())`
  yield* sql`
    insert into api_key (id, account_id, name, hash, hint, created_at)
    values (${keyId}, ${id}, 'test', ${ApiKey.hash(key)}, ${ApiKey.fingerprint(key)}, now())`
  return { id, keyId, key: Redacted.value(key) }
})

/** A daemon that has joined and is ready for jobs for its first model. `asks`: what its operator wants for the models. */
export const node = Effect.fnUntraced(function* (
  { files, http, services, url }: Plane,
  script: Script,
  asks?: ReadonlyArray<Ask>
) {
  const router = Context.get(services, Router)
  const folder = yield* files.makeTempDirectoryScoped({ prefix: "infernet-node-" })
  const random = SecureRandom.layerWebCrypto
  const keys = `${folder}/keys`
  const stored = Keyring.layerFiles(keys).pipe(Layer.provide([Layer.succeedContext(http), random]))
  const keyring = yield* Layer.build(Layer.fresh(stored))
  const { id } = Context.get(keyring, Keyring)
  const options = {
    name: "test",
    version: "1.0.0",
    controlPlaneUrl: url,
    pinFile: `${folder}/plane.pin`,
    commandsFile: `${folder}/commands.json`,
    receiptsFolder: `${folder}/receipts`,
    asks
  }
  const daemon = Daemon.layer(options).pipe(
    Layer.provide([
      HardwareReadings.layerTest(hardware),
      backends(script),
      Layer.succeedContext(keyring),
      Layer.succeedContext(http),
      WebSocketTransport.layer,
      FetchHttpClient.layer,
      random
    ]),
    Layer.orDie
  )
  const built = yield* Layer.build(Layer.fresh(daemon))
  const [offered = model] = script.models === undefined ? [] : yield* SubscriptionRef.get(script.models)
  const anything = { model: offered, promptTokens: 0, expectedTokens: 0, pin: id, exclude: new Set<never>() }
  const booking = yield* router.wait(anything)
  booking.release()
  return { id, keys, daemon: built }
})
