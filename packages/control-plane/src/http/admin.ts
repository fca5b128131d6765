/** Administration, on the Unix socket in the home: whoever may open it owns this control plane. */
import { AdminApi, AssignNode } from "@infernet/contract/api/Admin"
import { CreateApiKey } from "@infernet/contract/Account"
import { DateTime, Effect, Redacted } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Accounts } from "../account/Accounts.ts"
import { unavailable } from "../database/away.ts"
import { Joining } from "../invite/Joining.ts"
import { JobStore } from "../job/JobStore.ts"
import { Nodes } from "../node/Nodes.ts"
import { Settings } from "../Settings.ts"
import { readJson } from "./body.ts"

export const layer = HttpApiBuilder.group(
  AdminApi,
  "admin",
  Effect.fn(function* (handlers) {
    const accounts = yield* Accounts
    const joining = yield* Joining
    const store = yield* JobStore
    const nodes = yield* Nodes
    const settings = yield* Settings
    const startedAt = DateTime.formatIso(yield* DateTime.now)

    return handlers
      .handle("overview", () =>
        Effect.gen(function* () {
          return {
            pid: process.pid,
            version: settings.version,
            started_at: startedAt,
            url: settings.url,
            jobs: yield* Effect.mapError(store.counts, unavailable),
            nodes_online: nodes.online()
          }
        })
      )
      .handleRaw("createApiKey", ({ request }) =>
        Effect.gen(function* () {
          const { name } = yield* readJson(request, CreateApiKey, "error")
          const { key, ...view } = yield* accounts.createKey(name)
          return HttpServerResponse.jsonUnsafe({ ...view, key: Redacted.value(key) })
        })
      )
      .handle("listApiKeys", () => Effect.map(accounts.listKeys, (api_keys) => ({ api_keys })))
      .handle("revokeApiKey", ({ params }) => accounts.revokeKey(params.id))
      .handleRaw("assignNode", ({ params, request }) =>
        Effect.gen(function* () {
          const { account_id } = yield* readJson(request, AssignNode, "error")
          return HttpServerResponse.jsonUnsafe(yield* nodes.assign(params.id, account_id))
        })
      )
      .handle("listNodes", () => Effect.map(nodes.list, (list) => ({ nodes: list })))
      .handle("approveNode", ({ params }) => joining.approve(params.id))
      .handle("createLinkCode", () => Effect.flatMap(accounts.admin, ({ id }) => joining.issue(id)))
  })
)
