/** A control plane in this process, brought up in stages so that each can be told as it is reached. */
import type { Identity } from "@infernet/auth/Identity"
import { ControlPlaneId, type NodeId } from "@infernet/contract/Id"
import { PlaneKey } from "@infernet/control-plane/bill/PlaneKey"
import * as ControlPlane from "@infernet/control-plane/ControlPlane"
import * as dashboard from "@infernet/control-plane/dashboard/routes"
import type { Payments } from "@infernet/control-plane/Payments"
import { Settings } from "@infernet/control-plane/Settings"
import * as BunHttp from "@infernet/platform/BunHttp"
import * as Database from "@infernet/platform/database/Database"
import { Home } from "@infernet/platform/Home"
import { travelling } from "@infernet/platform/travelling"
import { Context, Duration, Effect, Layer, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { hostname } from "node:os"
import * as limits from "../settings/limits.ts"
import { allowedHosts, openSignUp, publicUrl, requireInvite, requireNodeApproval } from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { version } from "../version.ts"
import type * as run from "../run/routes.ts"
import { attend, vouchers } from "./charging/attend.ts"
import type { Charging } from "./charging/Charging.ts"
import type * as machine from "./machine.ts"
import { planeIdentity } from "./planeIdentity.ts"

export interface ControlPlaneOptions {
  readonly host: string
  readonly port: number
}

/** As Vite has built it; where it has not, the control plane has no dashboard. */
const dashboardFiles = travelling(import.meta.url, "../../../dashboard/dist", "dashboard")

const loopback = ["127.0.0.1", "localhost", "[::1]"]

/** Whether only this machine reaches an address. */
export const isLoopback = (host: string): boolean => host.startsWith("127.") || host === "localhost" || host === "::1"

/** Where clients on this machine, or elsewhere if it is told, reach a server. */
export const urlOf = ({ host, port }: ControlPlaneOptions): string => {
  const name = host === "0.0.0.0" || host === "::" ? "127.0.0.1" : host.includes(":") ? `[${host}]` : host
  return `http://${name}:${port}`
}

const settingsOf = Effect.fnUntraced(function* (
  options: ControlPlaneOptions,
  id: Identity["Service"]["id"],
  own: NodeId | undefined,
  payments: Payments
) {
  const named = yield* allowedHosts
  const url = yield* publicUrl()
  return Settings.of({
    id: ControlPlaneId.make(id),
    version,
    replica: hostname(),
    url: Option.getOrElse(url, () => urlOf(options)),
    // A web page can make a browser ask a loopback server under a name of its own; a public one answers to any name.
    allowedHosts: new Set(isLoopback(options.host) || named.length > 0 ? [...loopback, ...named] : []),
    admission: { inviteOnly: yield* requireInvite, needsApproval: yield* requireNodeApproval, own },
    limits: yield* limits.usualLimits,
    payments,
    trustedProxies: yield* limits.trustedProxies,
    openSignUp: yield* openSignUp,
    firstContentWithin: Duration.minutes(5),
    jobWithin: Duration.minutes(30),
    logKeptFor: Duration.minutes(10)
  })
})

/** Takes the address: before anything slow, so that a taken one is told at once. */
export const listen = ({ host, port }: ControlPlaneOptions) =>
  Layer.build(BunHttp.layer({ hostname: host, port })).pipe(
    Effect.catchTags({
      PortTaken: ({ message }) =>
        Effect.fail(new Failure({ message: `${message}: stop it, or choose another port with --port` })),
      ServeError: ({ cause }) => Effect.fail(new Failure({ message: cannotListen(host, port, cause) }))
    })
  )

const cannotListen = (host: string, port: number, cause: unknown): string => {
  const code = cause instanceof Error && "code" in cause ? cause.code : cause
  if (code === "EACCES") return `port ${port} is for the system's own servers: choose one from 1024 on with --port`
  return `${host}:${port} cannot be listened on (${String(code)}): choose an address of this machine with --host`
}

/** The innermost words are the ones that a person knows: `connect ECONNREFUSED …`. */
const wordsOf = (error: Error): string => (error.cause instanceof Error ? wordsOf(error.cause) : error.message)

const unusable = (error: Error) =>
  new Failure({ message: `the database cannot be used: ${wordsOf(error)}. Look at DATABASE_URL, if you have set it` })

/** Opens the database and brings its schema up to date. */
export const openDatabase = Layer.build(Database.layer()).pipe(
  Effect.catchTag(["SqlError", "MigrationError"], (error) => Effect.fail(unusable(error)))
)

/** Fails when the embedded database is no more, whoever ended it: without it nothing here is worth running. */
export const databaseLost = (database: Effect.Success<typeof openDatabase>) =>
  Option.match(Context.get(database, Database.DatabaseInfo).embedded, {
    onNone: () => Effect.never,
    onSome: ({ ended }) =>
      Effect.flatMap(ended, (code) =>
        Effect.fail(
          new Failure({ message: `the embedded database has ended by itself (exit code ${code}): start again` })
        )
      )
  })

/** Serves the API on `http`; answers the services, for whoever shares the process: `own` is its node, which is let in. */
export const serve = Effect.fnUntraced(function* (
  options: ControlPlaneOptions,
  http: Effect.Success<ReturnType<typeof listen>>,
  database: Effect.Success<typeof openDatabase>,
  charging: Charging,
  own?: NodeId
) {
  const identity = yield* planeIdentity
  const settings = yield* settingsOf(options, identity.id, own, charging.payments)
  const below = Layer.mergeAll(
    Layer.succeedContext(database),
    Layer.succeed(Settings, settings),
    Layer.succeed(PlaneKey, PlaneKey.fromIdentity(identity)),
    SecureRandom.layerWebCrypto,
    vouchers(charging.chain, settings.replica).pipe(Layer.provide(Layer.succeedContext(database)))
  )
  const services = yield* Layer.build(
    ControlPlane.services.pipe(Layer.provideMerge(ControlPlane.stores), Layer.provideMerge(below))
  )
  // Before anybody may ask for anything: the first job is to find money.
  if (charging.chain !== undefined) yield* attend(charging.chain, services)
  yield* Layer.build(
    ControlPlane.serve(Layer.merge(ControlPlane.routes, dashboard.layer(dashboardFiles))).pipe(
      Layer.provide([Layer.succeedContext(services), Layer.succeedContext(http)])
    )
  )
  return services
})

/** Serves administration on the home's socket, and beside it what else answers there. */
export const administer = Effect.fnUntraced(function* (
  services: Effect.Success<ReturnType<typeof serve>>,
  beside: ReturnType<typeof machine.routes> | ReturnType<typeof run.routes>
) {
  const { adminSocket } = yield* Home
  const routes = Layer.merge(ControlPlane.adminRoutes, beside)
  yield* Layer.build(
    ControlPlane.serve(routes).pipe(
      Layer.provide([Layer.succeedContext(services), BunHttp.layer({ unix: adminSocket })])
    )
  )
})
