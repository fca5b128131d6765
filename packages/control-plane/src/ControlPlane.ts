/** The control plane as layers: stores below, services above them, doors on top. */
import { RequestVerifier } from "@infernet/auth/RequestVerifier"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { AdminApi } from "@infernet/contract/api/Admin"
import { Api } from "@infernet/contract/api/Api"
import { Router } from "@infernet/routing/Router"
import { Effect, Layer } from "effect"
import { HttpRouter } from "effect/http"
import { HttpApiBuilder, HttpApiScalar } from "effect/http-api"
import { PrometheusMetrics } from "effect/observability"
import { Accounts } from "./account/Accounts.ts"
import { ApiKeys } from "./account/ApiKeys.ts"
import { Callers } from "./account/Callers.ts"
import { UsageReport } from "./account/UsageReport.ts"
import * as BillStoreSql from "./bill/BillStoreSql.ts"
import * as bill from "./bill/layers.ts"
import * as LineStores from "./bill/LineStores.ts"
import { Commands } from "./command/Commands.ts"
import { Deliveries } from "./command/Deliveries.ts"
import * as CommandStoreSql from "./command/CommandStoreSql.ts"
import * as anthropic from "./door/anthropic/handlers.ts"
import { Exchange } from "./door/Exchange.ts"
import * as ollama from "./door/ollama/handlers.ts"
import * as openai from "./door/openai/handlers.ts"
import * as responses from "./door/openai/responses/handlers.ts"
import * as access from "./http/access.ts"
import * as account from "./http/account.ts"
import * as admin from "./http/admin.ts"
import * as authorization from "./http/authorization.ts"
import * as commands from "./http/commands.ts"
import * as errors from "./http/errors.ts"
import * as jobs from "./http/jobs.ts"
import * as joining from "./http/joining.ts"
import * as network from "./http/network.ts"
import * as node from "./http/node.ts"
import * as quotes from "./http/quotes.ts"
import * as receipts from "./http/receipts.ts"
import * as rotation from "./http/rotation.ts"
import * as session from "./http/session.ts"
import * as sessions from "./http/sessions.ts"
import * as signInPage from "./http/signInPage.ts"
import { Admission } from "./invite/Admission.ts"
import { Joining } from "./invite/Joining.ts"
import * as LinkCodeStoreSql from "./invite/LinkCodeStoreSql.ts"
import { Jobs } from "./job/Jobs.ts"
import * as JobStoreSql from "./job/JobStoreSql.ts"
import * as LedgerSql from "./ledger/LedgerSql.ts"
import { Limits } from "./limits/Limits.ts"
import * as plane from "./metrics/plane.ts"
import * as process from "./metrics/process.ts"
import { NodeKeys } from "./node/NodeKeys.ts"
import { Nodes } from "./node/Nodes.ts"
import { NodeStore } from "./node/NodeStore.ts"
import * as ReplayGuardSql from "./node/ReplayGuardSql.ts"
import { Quotes } from "./price/Quotes.ts"
import { Relay } from "./relay/Relay.ts"
import { Sessions } from "./session/Sessions.ts"
import { SigningIn } from "./session/SigningIn.ts"
import { SignIns } from "./session/SignIns.ts"
import { Wallets } from "./session/Wallets.ts"
import { Settings } from "./Settings.ts"

/** Everything that is written down. Needs a migrated database. */
export const stores = Layer.mergeAll(
  Layer.unwrap(
    Effect.map(Settings, ({ replica }) => Layer.merge(JobStoreSql.layer(replica), BillStoreSql.layer(replica)))
  ),
  LineStores.layerSql,
  CommandStoreSql.layer.pipe(Layer.provideMerge(NodeStore.layerSql)),
  ReplayGuardSql.layer,
  LinkCodeStoreSql.layer,
  UsageReport.layer,
  LedgerSql.layer,
  Sessions.layer,
  Layer.mergeAll(ApiKeys.layer, SigningIn.layer).pipe(
    Layer.provideMerge(Layer.mergeAll(Accounts.layer, SignIns.layer, Wallets.layer)),
    Layer.provideMerge(Callers.layer)
  )
)

/** What the control plane does, over any stores. */
export const services = Layer.mergeAll(
  Jobs.layer,
  Commands.layer,
  RequestVerifier.layer,
  Admission.layer,
  Joining.layer
).pipe(
  Layer.provideMerge(bill.all),
  Layer.provideMerge(NodeKeys.layer),
  Layer.provideMerge(Deliveries.layer),
  Layer.provideMerge(Layer.merge(Relay.layer, Quotes.layer)),
  Layer.provideMerge(Layer.mergeAll(Router.layer, Nodes.layer, Limits.layer, Verifier.layer))
)

const handlers = Layer.mergeAll(
  account.AccountLayer,
  account.KeysLayer,
  anthropic.layer,
  commands.layer,
  jobs.layer,
  joining.layer,
  network.ModelsLayer,
  network.NodesLayer,
  network.PublicLayer,
  node.layer,
  receipts.layer,
  rotation.layer,
  session.layer,
  sessions.layer,
  ollama.layer,
  quotes.layer,
  openai.layer,
  responses.layer
).pipe(Layer.provide([authorization.layer, errors.layer, Exchange.layer]))

/** All public routes, with their description at `/openapi.json` and `/docs` and measurements at `/metrics`. */
export const routes = Layer.mergeAll(
  HttpApiBuilder.layer(Api, { openapiPath: "/openapi.json" }).pipe(Layer.provide(handlers)),
  HttpApiScalar.layer(Api, { path: "/docs", scalar: { withDefaultFonts: false } }),
  PrometheusMetrics.layerHttp(),
  signInPage.layer,
  plane.layer,
  process.layer,
  access.layer
)

/** The routes of the socket in the home. */
export const adminRoutes = HttpApiBuilder.layer(AdminApi).pipe(Layer.provide(admin.layer), Layer.provide(errors.layer))

/** Serves on the `HttpServer` given. The access log is our own. */
export const serve = <E, R>(routes: Layer.Layer<never, E, R>) =>
  HttpRouter.serve(routes, { disableLogger: true, disableListenLog: true })
