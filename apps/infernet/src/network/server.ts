/** A control plane alone, for nodes and clients elsewhere. */
import { DatabaseInfo } from "@infernet/platform/database/Database"
import { Home } from "@infernet/platform/Home"
import * as Telemetry from "@infernet/platform/Telemetry"
import { Console, Context, Effect, Layer, Option } from "effect"
import * as runRoutes from "../run/routes.ts"
import { Run } from "../run/Run.ts"
import * as logging from "../terminal/logging.ts"
import { publicUrl, requireInvite } from "../settings/options.ts"
import { bold, dim } from "../terminal/style.ts"
import { during } from "../terminal/progress.ts"
import * as tell from "../terminal/tell.ts"
import type { Choice } from "../settings/payments.ts"
import * as Charging from "./charging/Charging.ts"
import * as tellCharging from "./charging/tell.ts"
import * as controlPlane from "./controlPlane.ts"
import * as launcher from "./launcher.ts"

/** Serves until the scope closes or its own database is lost. */
export const run = Effect.fnUntraced(
  function* (address: controlPlane.ControlPlaneOptions, payments: Choice) {
    const home = yield* Home
    const http = yield* controlPlane.listen(address)
    yield* tell.opening(home.root)
    if (!controlPlane.isLoopback(address.host)) yield* tell.openTo(address.host, address.port)
    const database = yield* controlPlane.openDatabase.pipe(during("database", () => "opening PostgreSQL"))
    yield* tell.database(Context.get(database, DatabaseInfo))
    const charging = yield* Charging.open(payments, [])
    yield* tellCharging.charging(charging)
    const run = yield* Run
    const services = yield* controlPlane.serve(address, http, database, charging)
    yield* controlPlane.administer(services, runRoutes.routes(run))
    const url = controlPlane.urlOf(address)
    const elsewhere = Option.getOrElse(yield* publicUrl(), () => url)
    const command = yield* launcher.write
    const next = [
      "",
      dim("  A key for a client, and a node on another machine or in another home:"),
      "",
      `  ${command} api-key create laptop`,
      ...((yield* requireInvite)
        ? [`  ${command} link-code create`, `  infernet start --control-plane ${elsewhere} --link-code <code>`]
        : [`  infernet start --control-plane ${elsewhere}`]),
      ""
    ]
    yield* Console.log(next.join("\n"))
    yield* run.ready
    yield* Console.log(`${bold("ready")}  ${url}`)
    return yield* Effect.raceFirst(controlPlane.databaseLost(database), Charging.chainLost(charging))
  },
  Effect.provide(Layer.provideMerge(logging.besideOthers, Telemetry.layer()))
)
