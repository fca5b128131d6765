/** Administration, on the Unix socket in the home: whoever may open it owns this control plane. */
import { AccountView, ChangeAccount, CreateAccount, CreateApiKey } from "@infernet/contract/Account"
import { AdminApi, AssignNode } from "@infernet/contract/api/Admin"
import { Conflict } from "@infernet/contract/ApiError"
import type { AccountId } from "@infernet/contract/Id"
import { GivenMoney, GiveMoney } from "@infernet/contract/Ledger"
import { DateTime, Effect } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Accounts } from "../account/Accounts.ts"
import { ApiKeys } from "../account/ApiKeys.ts"
import { unavailable } from "../database/away.ts"
import { Joining } from "../invite/Joining.ts"
import { JobStore } from "../job/JobStore.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { Nodes } from "../node/Nodes.ts"
import { SignIns } from "../session/SignIns.ts"
import { Settings } from "../Settings.ts"
import { readJson } from "./body.ts"
import { encoded } from "./encoded.ts"
import { createdKey } from "./createdKey.ts"
import { balanceView, ledgerPage } from "./money.ts"
import { linkOf } from "./sessions.ts"

const accountAnswer = encoded(AccountView)
const givenAnswer = encoded(GivenMoney)

const chargesNothing = new Conflict({
  error_message: "payments are off here, so that balances mean nothing: start with --payments ledger"
})

/** More than a person reads; the newest. */
const keysShown = 1_000

export const layer = HttpApiBuilder.group(
  AdminApi,
  "admin",
  Effect.fn(function* (handlers) {
    const accounts = yield* Accounts
    const ledger = yield* Ledger
    const keys = yield* ApiKeys
    const joining = yield* Joining
    const store = yield* JobStore
    const nodes = yield* Nodes
    const settings = yield* Settings
    const signIns = yield* SignIns
    const startedAt = DateTime.formatIso(yield* DateTime.now)

    /** Books once what an administrator gives. */
    const give = Effect.fnUntraced(function* (
      book: (typeof ledger)["deposit"],
      account: AccountId,
      request: HttpServerRequest.HttpServerRequest
    ) {
      if (settings.payments.mode === "off") return yield* chargesNothing
      const { amount_micros: amount, note, reference } = yield* readJson(request, GiveMoney, "error")
      const booked = yield* book({ account, amount, reference, note })
      return givenAnswer({ booked, balance: balanceView(yield* ledger.balance(account)) })
    })

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
          return accountAnswer(created)
        })
      )
      .handle("listAccounts", () => Effect.map(accounts.list, (list) => ({ accounts: list })))
      .handleRaw("changeAccount", ({ params, request }) =>
        Effect.gen(function* () {
          const changed = yield* accounts.change(params.id, yield* readJson(request, ChangeAccount, "error"))
          return accountAnswer(changed)
        })
      )
      .handle("balance", ({ params }) =>
        Effect.gen(function* () {
          const { id } = yield* accounts.get(params.id)
          return { payments: settings.payments.mode, balance: balanceView(yield* ledger.balance(id)) }
        })
      )
      .handle("ledger", ({ params, query }) =>
        Effect.gen(function* () {
          const { id } = yield* accounts.get(params.id)
          return yield* ledgerPage(ledger, id, query)
        })
      )
      .handleRaw("deposit", ({ params, request }) => give(ledger.deposit, params.id, request))
      .handleRaw("credit", ({ params, request }) => give(ledger.credit, params.id, request))
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
