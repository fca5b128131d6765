/** One's own account: its keys, its limits, what it used. */
import { DateTime, Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { AccountView, ApiKeyCreated, ApiKeyView, CreateApiKey } from "../Account.ts"
import { BadRequest, Conflict, Forbidden, NotFound, PayloadTooLarge, Unavailable } from "../ApiError.ts"
import { AccountId, ApiKeyId } from "../Id.ts"
import { BalanceView, entriesAtOnce, EntryNumber, LedgerPage, PaymentsMode } from "../Ledger.ts"
import { Usage, UsageBy } from "../Usage.ts"
import { ApiErrors, Authorization } from "./Authorization.ts"

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

/** JavaScript knows times that no database does. */
const Time = Schema.DateTimeUtcFromString.check(
  Schema.makeFilter<DateTime.Utc>((time) => DateTime.toEpochMillis(time) >= 0 || "expected a time from 1970 on")
)

/** The account, and the key that asked; null for a person with a session. */
export const OwnAccount = Schema.Struct({
  ...AccountView.fields,
  key: Schema.NullOr(ApiKeyView),
  payments: PaymentsMode,
  /** Null where payments are off. */
  balance: Schema.NullOr(BalanceView)
})
export type OwnAccount = typeof OwnAccount.Type

export const ApiKeyPage = Schema.Struct({
  keys: Schema.Array(ApiKeyView),
  next_cursor: Schema.NullOr(ApiKeyId)
})

export class AccountGroup extends HttpApiGroup.make("account")
  .add(
    HttpApiEndpoint.get("get", "/account", {
      success: OwnAccount,
      error: [NotFound, Unavailable]
    }).annotateMerge(describe("Read your account", "Its role, limits and balance, and the key that asks.")),
    HttpApiEndpoint.get("usage", "/usage", {
      query: {
        since: Schema.optionalKey(Time),
        until: Schema.optionalKey(Time),
        by: Schema.optionalKey(UsageBy)
      },
      success: Usage,
      error: [BadRequest, Unavailable]
    }).annotateMerge(
      describe(
        "Read what you used",
        "Requests and tokens of jobs submitted from `since` on and before `until`, by `day`, `model` or `key`. The last " +
          "30 days by day unless asked otherwise; at most 366 days."
      )
    ),
    HttpApiEndpoint.get("ledger", "/ledger", {
      query: {
        limit: Schema.optionalKey(
          Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: entriesAtOnce.csv }))
        ),
        cursor: Schema.optionalKey(EntryNumber),
        format: Schema.optionalKey(Schema.Literals(["json", "csv"]))
      },
      success: [LedgerPage, Schema.String.pipe(HttpApiSchema.asText({ contentType: "text/csv" }))],
      error: [BadRequest, Unavailable]
    }).annotateMerge(
      describe(
        "Read your ledger",
        "Why money came and went, newest first: 20 entries unless `limit` says otherwise, up to 100. With `format=csv`, or " +
          "`Accept: text/csv`, a file with amounts in USDC: 10,000 entries unless `limit` says otherwise."
      )
    )
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1")
  .annotateMerge(
    OpenApi.annotations({ title: "Account", description: "Your account, its money, and what it used." })
  ) {}

export class KeysGroup extends HttpApiGroup.make("keys")
  .add(
    HttpApiEndpoint.post("create", "/", {
      payload: CreateApiKey,
      success: ApiKeyCreated.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Conflict, Forbidden, NotFound, PayloadTooLarge, Unavailable]
    }).annotateMerge(
      describe(
        "Create a key",
        "The secret is told this once. A key that expires makes none that outlives it; one that is for some models only " +
          "makes none. An account has 100 keys at most."
      )
    ),
    HttpApiEndpoint.get("list", "/", {
      query: {
        limit: Schema.optionalKey(
          Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 100 }))
        ),
        cursor: Schema.optionalKey(ApiKeyId),
        account_id: Schema.optionalKey(AccountId)
      },
      success: ApiKeyPage,
      error: [BadRequest, Forbidden, Unavailable]
    }).annotateMerge(
      describe(
        "List keys",
        "Newest first, revoked ones included; 20 unless `limit` says otherwise. Your own; for administrators all, or " +
          "those of `account_id`."
      )
    ),
    HttpApiEndpoint.delete("revoke", "/:id", {
      params: { id: ApiKeyId },
      success: ApiKeyView,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotateMerge(
      describe("Revoke a key", "It stops working within a second, everywhere. Revoking twice changes nothing.")
    )
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1/keys")
  .annotateMerge(OpenApi.annotations({ title: "Keys", description: "API keys of your account." })) {}
