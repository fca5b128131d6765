/** The whole network in one process, told as it comes up. */
import { Backends } from "@infernet/backend/Backends"
import { ApiKeys } from "@infernet/control-plane/account/ApiKeys"
import { Callers } from "@infernet/control-plane/account/Callers"
import { DatabaseInfo } from "@infernet/platform/database/Database"
import { Home } from "@infernet/platform/Home"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { Router } from "@infernet/routing/Router"
import { Console, Context, Effect, Layer, Option } from "effect"
import * as LocalKey from "../client/LocalKey.ts"
import * as runRoutes from "../run/routes.ts"
import { Run } from "../run/Run.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { bold, dim, green, row, yellow } from "../terminal/style.ts"
import { during } from "../terminal/progress.ts"
import * as tell from "../terminal/tell.ts"
import type { Choice } from "../settings/payments.ts"
import * as Charging from "./charging/Charging.ts"
import * as ownNode from "./charging/ownNode.ts"
import * as tellCharging from "./charging/tell.ts"
import * as controlPlane from "./controlPlane.ts"
import { examples } from "./examples.ts"
import * as keys from "./keys.ts"
import * as launcher from "./launcher.ts"
import * as live from "./live.ts"
import * as machine from "./machine.ts"
import * as node from "./node.ts"
import * as selfCheck from "./selfCheck.ts"
import * as watch from "./watch.ts"

/** How long a start waits for its own node to come up before it says that it is not there yet. */
const nodeWithin = "20 seconds"

/** How long the check's end may take to be written down. */
const lastWordsMillis = 10_000

/** For the person at this machine, who shares it with nobody: without limits. */
const localClient = { name: "local client", limits: { requests_per_minute: null, requests_per_hour: null } }

/** The local client's key: the stored one while it works, else a new one. */
const localKey = Effect.fnUntraced(function* (services: Context.Context<ApiKeys | Callers>) {
  const stored = yield* LocalKey.read
  if (Option.isSome(stored)) {
    const works = yield* Effect.isSuccess(Context.get(services, Callers).authenticate(stored.value))
    if (works) return stored.value
  }
  const { key } = yield* Context.get(services, ApiKeys).create(localClient, undefined)
  yield* LocalKey.write(key)
  return key
})

/** The first model that chats and that this network offers; none when its own node does not come up in time. */
const firstModel = Effect.fnUntraced(function* (router: Router["Service"], backends: Backends["Service"]) {
  const chatting = (yield* backends.snapshot).models.filter(({ capabilities }) => capabilities.includes("chat"))
  const wanted = chatting.find(({ state }) => state === "loaded") ?? chatting[0]
  if (wanted === undefined) return Option.none()
  const want = { model: wanted.id, promptTokens: 0, expectedTokens: 0, pin: undefined, exclude: new Set<never>() }
  const booking = yield* Effect.timeoutOption(router.wait(want), nodeWithin)
  if (Option.isSome(booking)) booking.value.release()
  return Option.as(booking, wanted)
})

const prepared = Effect.gen(function* () {
  const database = yield* controlPlane.openDatabase.pipe(during("database", () => "starting PostgreSQL"))
  yield* tell.database(Context.get(database, DatabaseInfo))
  return database
})

/**
 * Runs the network until the scope closes or a part without which it cannot go on is lost; `once`, until its check was
 * answered, which is a heartbeat and a job, and fails where it was not.
 */
export const run = Effect.fnUntraced(function* (
  address: controlPlane.ControlPlaneOptions,
  once: boolean,
  payments: Choice
) {
  const home = yield* Home
  const http = yield* controlPlane.listen(address)
  yield* tell.opening(home.root)
  if (!controlPlane.isLoopback(address.host)) yield* tell.openTo(address.host, address.port)
  // Both at once, and a mistake in either ends the other.
  const [database, found, self] = yield* Effect.all([prepared, node.findBackends, node.identity], {
    concurrency: "unbounded"
  })
  const charging = yield* Charging.open(payments, [self.id])
  yield* tellCharging.charging(charging)
  const payout = charging.chain === undefined ? undefined : yield* ownNode.settle(charging.chain, self.id)
  yield* tellCharging.payout(payout)
  const services = yield* controlPlane.serve(address, http, database, charging, self.id)
  const url = controlPlane.urlOf(address)
  const key = yield* localKey(services)
  const backends = Context.get(found, Backends)
  yield* tell.backends(yield* backends.snapshot)
  const daemon = yield* node.work({ controlPlaneUrl: url, isOwn: true, linkCode: Option.none() }, self, found)
  const run = yield* Run
  run.drains(Context.get(daemon, Jobs))
  const watched = yield* live.routes({ controlPlaneUrl: url, self, node: Context.merge(found, daemon) })
  yield* controlPlane.administer(
    services,
    Layer.mergeAll(
      machine.routes(Context.merge(found, daemon)),
      runRoutes.routes(run),
      watched,
      keys.routes({ controlPlaneUrl: url, self, daemon })
    )
  )
  yield* Console.log(row("node", self.id))
  yield* watch.log(daemon, backends)

  const command = yield* launcher.write
  const model = yield* firstModel(Context.get(services, Router), backends).pipe(
    during("check", () => "waiting for the node to come online")
  )
  if (Option.isSome(model)) {
    const { demo, id } = model.value
    const check = yield* Effect.result(selfCheck.run({ url, key, keyFrom: `of ${home.root}` }, id))
    if (once && check._tag === "Failure") return yield* check.failure
    yield* Console.log(row("check", check._tag === "Success" ? green(check.success) : yellow(check.failure.message)))
    if (once) return yield* Effect.andThen(run.end({ within_ms: lastWordsMillis, then: "end" }), Effect.never)
    yield* Console.log(examples({ command, url, model: id, isDemo: demo === true }))
    const next = tellCharging.next(charging, command)
    if (Option.isSome(next)) yield* Console.log(next.value)
    const isStandIn = demo === true && Option.isNone(yield* options.backend())
    if (isStandIn) {
      yield* Console.log(dim("  Any backend that you start on this machine takes the demo's place. This finds"))
      yield* Console.log(`${dim("  a model that suits the machine and installs it:")}\n\n  ${command} setup\n`)
    }
  } else {
    const nobody = "no model is online yet: jobs are taken as soon as one is"
    if (once) return yield* new Failure({ message: "no model came online: see `infernet backends`" })
    yield* Console.log(`${row("check", yellow(nobody))}\n`)
  }
  yield* run.ready
  yield* Console.log(`${bold("ready")}  ${url}`)
  yield* watch.show(daemon, backends)
  return yield* Effect.raceFirst(controlPlane.databaseLost(database), Charging.chainLost(charging))
})
