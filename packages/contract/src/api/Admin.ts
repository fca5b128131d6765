/** Administration, over a Unix socket that only the owner of the home may open. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"
import { AccountView, ApiKeyCreated, ApiKeyView, ChangeAccount, CreateAccount, CreateApiKey } from "../Account.ts"
import { BadRequest, Conflict, Forbidden, NotFound, PayloadTooLarge, Unavailable } from "../ApiError.ts"
import { AccountId, ApiKeyId, NodeId } from "../Id.ts"
import { BalanceView, EntryNumber, GiveMoney, GivenMoney, LedgerPage, PaymentsMode } from "../Ledger.ts"
import { LinkCodeCreated } from "../LinkCode.ts"
import { NodeView } from "../Node.ts"
import { SignInLink } from "../Session.ts"
import { ApiErrors } from "./Authorization.ts"

/** Whose node it is from now on; null: nobody's but the administrator's. */
export const AssignNode = Schema.Struct({ account_id: Schema.NullOr(AccountId) })

/** What runs behind this socket, for `infernet status`. */
export const Overview = Schema.Struct({
  pid: Schema.Int,
  version: Schema.String,
  started_at: Schema.String,
  url: Schema.String,
  jobs: Schema.Struct({ completed: Schema.Int, failed: Schema.Int, pending: Schema.Int }),
  nodes_online: Schema.Int
})

export class AdminGroup extends HttpApiGroup.make("admin")
  .add(
    HttpApiEndpoint.get("overview", "/admin/overview", { success: Overview, error: Unavailable }),
    HttpApiEndpoint.post("createAccount", "/admin/accounts", {
      payload: CreateAccount,
      success: AccountView,
      error: [BadRequest, PayloadTooLarge, Unavailable]
    }),
    HttpApiEndpoint.get("listAccounts", "/admin/accounts", {
      success: Schema.Struct({ accounts: Schema.Array(AccountView) }),
      error: Unavailable
    }),
    HttpApiEndpoint.patch("changeAccount", "/admin/accounts/:id", {
      params: { id: AccountId },
      payload: ChangeAccount,
      success: AccountView,
      error: [BadRequest, NotFound, PayloadTooLarge, Unavailable]
    }),
    HttpApiEndpoint.get("balance", "/admin/accounts/:id/balance", {
      params: { id: AccountId },
      success: Schema.Struct({ payments: PaymentsMode, balance: BalanceView }),
      error: [BadRequest, NotFound, Unavailable]
    }),
    HttpApiEndpoint.get("ledger", "/admin/accounts/:id/ledger", {
      params: { id: AccountId },
      query: { limit: Schema.optionalKey(Schema.FiniteFromString), cursor: Schema.optionalKey(EntryNumber) },
      success: LedgerPage,
      error: [BadRequest, NotFound, Unavailable]
    }),
    /** Money that came from outside. */
    HttpApiEndpoint.post("deposit", "/admin/accounts/:id/deposits", {
      params: { id: AccountId },
      payload: GiveMoney,
      success: GivenMoney,
      error: [BadRequest, Conflict, NotFound, PayloadTooLarge, Unavailable]
    }),
    /** Credit, which nobody can withdraw and no node can redeem. */
    HttpApiEndpoint.post("credit", "/admin/accounts/:id/credits", {
      params: { id: AccountId },
      payload: GiveMoney,
      success: GivenMoney,
      error: [BadRequest, Conflict, NotFound, PayloadTooLarge, Unavailable]
    }),
    /** For the administrator's own account unless it names another. */
    HttpApiEndpoint.post("createApiKey", "/admin/api-keys", {
      payload: CreateApiKey,
      success: ApiKeyCreated,
      error: [BadRequest, Conflict, Forbidden, NotFound, PayloadTooLarge, Unavailable]
    }),
    /** Everybody's, or one account's. */
    HttpApiEndpoint.get("listApiKeys", "/admin/api-keys", {
      query: { account_id: Schema.optionalKey(AccountId) },
      success: Schema.Struct({ api_keys: Schema.Array(ApiKeyView) }),
      error: [BadRequest, Unavailable]
    }),
    HttpApiEndpoint.delete("revokeApiKey", "/admin/api-keys/:id", {
      params: { id: ApiKeyId },
      success: ApiKeyView,
      error: [BadRequest, NotFound, Unavailable]
    }),
    HttpApiEndpoint.post("assignNode", "/admin/nodes/:id/owner", {
      params: { id: NodeId },
      payload: AssignNode,
      success: NodeView,
      error: [BadRequest, NotFound, PayloadTooLarge, Unavailable]
    }),
    HttpApiEndpoint.get("listNodes", "/admin/nodes", { success: Schema.Struct({ nodes: Schema.Array(NodeView) }) }),
    HttpApiEndpoint.post("approveNode", "/admin/nodes/:id/approve", {
      params: { id: NodeId },
      success: NodeView,
      error: [BadRequest, NotFound, Unavailable]
    }),
    /** Signs a browser in to the administrator's own account. */
    HttpApiEndpoint.post("createSignInLink", "/admin/sign-in-links", {
      success: SignInLink,
      error: [Conflict, Unavailable]
    }),
    /** For the administrator's own account. */
    HttpApiEndpoint.post("createLinkCode", "/admin/link-codes", {
      success: LinkCodeCreated,
      error: [Conflict, Unavailable]
    })
  )
  .middleware(ApiErrors) {}

export class AdminApi extends HttpApi.make("infernet-admin").add(AdminGroup) {}
