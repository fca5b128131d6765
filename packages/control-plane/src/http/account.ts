/** Handlers for one's own account and its keys. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { CreateApiKey } from "@infernet/contract/Account"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Accounts } from "../account/Accounts.ts"
import { ApiKeys } from "../account/ApiKeys.ts"
import { deniesAccount, deniesRevoking } from "../account/keyRules.ts"
import { UsageReport } from "../account/UsageReport.ts"
import { Ledger } from "../ledger/Ledger.ts"
import { Settings } from "../Settings.ts"
import { readJson } from "./body.ts"
import { createdKey } from "./createdKey.ts"
import { manager } from "./manager.ts"
import { balanceView, ledgerCsv, ledgerPage } from "./money.ts"

const usualPage = 20

/** A list of types may end in "anything", which is no wish for a file. */
const wantsCsv = (accept: string | undefined): boolean => /(?:^|[\s,])text\/csv(?:$|[\s,;])/i.test(accept ?? "")

export const AccountLayer = HttpApiBuilder.group(
  Api,
  "account",
  Effect.fn(function* (handlers) {
    const accounts = yield* Accounts
    const keys = yield* ApiKeys
    const ledger = yield* Ledger
    const report = yield* UsageReport
    const { payments } = yield* Settings
    return handlers
      .handle("get", () =>
        Effect.gen(function* () {
          const { account, key } = yield* Caller
          const own = yield* accounts.get(account)
          const { mode } = payments
          return {
            ...own,
            key: key === undefined ? null : yield* keys.find(key.id),
            payments: mode,
            balance: mode === "off" ? null : balanceView(yield* ledger.balance(account))
          }
        })
      )
      .handle("usage", ({ query: { by = "day", since, until } }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          return yield* report.of(account, { by, since, until })
        })
      )
      .handle("ledger", ({ query, request }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          const { format = wantsCsv(request.headers["accept"]) ? "csv" : "json" } = query
          if (format === "json") return yield* ledgerPage(ledger, account, query)
          return HttpServerResponse.text(yield* ledgerCsv(ledger, account, query), {
            contentType: "text/csv; charset=utf-8; header=present",
            headers: { "content-disposition": 'attachment; filename="infernet-ledger.csv"' }
          })
        })
      )
  })
)

export const KeysLayer = HttpApiBuilder.group(
  Api,
  "keys",
  Effect.fn(function* (handlers) {
    const keys = yield* ApiKeys
    return handlers
      .handleRaw("create", ({ request }) =>
        Effect.gen(function* () {
          const caller = yield* Caller
          const created = yield* keys.create(yield* readJson(request, CreateApiKey, "error"), caller)
          return HttpServerResponse.setStatus(createdKey(created), 201)
        })
      )
      .handle("list", ({ query: { account_id, cursor: before, limit = usualPage } }) =>
        Effect.gen(function* () {
          const caller = yield* manager
          const denied = deniesAccount(caller, account_id)
          if (denied !== undefined) return yield* denied
          const account = account_id ?? (caller.role === "admin" ? undefined : caller.account)
          const list = yield* keys.list({ account, limit, before })
          return { keys: list, next_cursor: list.length < limit ? null : (list.at(-1)?.id ?? null) }
        })
      )
      .handle("revoke", ({ params }) =>
        Effect.gen(function* () {
          const caller = yield* Caller
          const denied = deniesRevoking(caller, params.id)
          if (denied !== undefined) return yield* denied
          return yield* keys.revoke(params.id, caller.role === "admin" ? undefined : caller.account)
        })
      )
  })
)
