/** Administration, on the Unix socket in the home: whoever may open it owns this control plane. */
import { ChangeAccount, CreateAccount, CreateApiKey } from "@infernet/contract/Account"
import { AdminApi, AssignNode } from "@infernet/contract/api/Admin"
import { DateTime, Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Accounts } from "../account/Accounts.ts"
import { ApiKeys } from "../account/ApiKeys.ts"
import { unavailable } from "../database/away.ts"
import { Joining } from "../invite/Joining.ts"
import { JobStore } from "../job/JobStore.ts"
import { Nodes } from "../node/Nodes.ts"
import { SignIns } from "../session/SignIns.ts"
import { Settings } from "../Settings.ts"
import { readJson } from "./body.ts"
import { createdKey } from "./createdKey.ts"
import { linkOf } from "./sessions.ts"

/** More than a person reads; the newest. */
const keysShown = 1_000

export const layer = HttpApiBuilder.group(
  AdminApi,
  "admin",
  Effect.fn(function* (handlers) {
    const accounts = yield* Accounts
    const keys = yield* ApiKeys
    const joining = yield* Joining
    const store = yield* JobStore
    const nodes = yield* Nodes
    const settings = yield* Settings
    const signIns = yield* SignIns
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
      .handleRaw("createAccount", ({ request }) =>
        Effect.gen(function* () {
          const created = yield* accounts.create(yield* readJson(request, CreateAccount, "error"))
          return HttpServerResponse.jsonUnsafe(created)
        })
      )
      .handle("listAccounts", () => Effect.map(accounts.list, (list) => ({ accounts: list })))
      .handleRaw("changeAccount", ({ params, request }) =>
        Effect.gen(function* () {
          const changed = yield* accounts.change(params.id, yield* readJson(request, ChangeAccount, "error"))
          return HttpServerResponse.jsonUnsafe(changed)
        })
      )
      .handleRaw("createApiKey", ({ request }) =>
        Effect.gen(function* () {
          return createdKey(yield* keys.create(yield* readJson(request, CreateApiKey, "error"), undefined))
        })
      )
      .handle("listApiKeys", ({ query: { account_id: account } }) =>
        Effect.map(keys.list({ account, limit: keysShown, before: undefined }), (api_keys) => ({ api_keys }))
      )
      .handle("revokeApiKey", ({ params }) => keys.revoke(params.id, undefined))
      .handleRaw("assignNode", ({ params, request }) =>
        Effect.gen(function* () {
          const { account_id } = yield* readJson(request, AssignNode, "error")
          return HttpServerResponse.jsonUnsafe(yield* nodes.assign(params.id, account_id))
        })
      )
      .handle("listNodes", () => Effect.map(nodes.list, (list) => ({ nodes: list })))
      .handle("approveNode", ({ params }) => joining.approve(params.id))
      .handle("createSignInLink", () =>
        Effect.gen(function* () {
          const { id } = yield* accounts.admin
          return linkOf(settings.url, yield* signIns.link(id))
        })
      )
      .handle("createLinkCode", () => Effect.flatMap(accounts.admin, ({ id }) => joining.issue(id)))
  })
)
