/** Signing in without a password, and the sessions that come of it. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  BadRequest,
  Conflict,
  Forbidden,
  NotFound,
  PayloadTooLarge,
  RateLimited,
  Unauthorized,
  Unavailable
} from "../ApiError.ts"
import { SessionId } from "../Id.ts"
import {
  Challenge,
  ChallengeRequest,
  SessionToken,
  SessionView,
  SignedIn,
  SignedMessage,
  SignIn,
  SignInLink,
  Wallet,
  WalletList
} from "../Session.ts"
import { ApiErrors, Authorization } from "./Authorization.ts"

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

/**
 * The only routes that read or set the cookie. They are for pages of this control plane alone: no CORS, `Origin` has to
 * be ours, and what changes something wants `X-CSRF-Token`. Everything else goes with the token.
 */
export class SessionGroup extends HttpApiGroup.make("session")
  .add(
    HttpApiEndpoint.post("challenge", "/challenge", {
      payload: ChallengeRequest,
      success: Challenge,
      error: [BadRequest, Forbidden, PayloadTooLarge, RateLimited, Unavailable]
    }).annotateMerge(
      describe("Ask for a message to sign", "An EIP-4361 message for this wallet, good once and for 5 minutes.")
    ),
    HttpApiEndpoint.post("signIn", "/", {
      payload: SignIn,
      success: SignedIn.pipe(HttpApiSchema.status(201)),
      error: [BadRequest, Forbidden, Unauthorized, PayloadTooLarge, RateLimited, Unavailable]
    }).annotateMerge(
      describe(
        "Sign in",
        "With a message that a wallet has signed, or with the code of a one-time link. Sets an HttpOnly cookie that " +
          "lasts 30 days, or 7 unused."
      )
    ),
    HttpApiEndpoint.get("session", "/", {
      success: SignedIn,
      error: [Forbidden, Unauthorized, Unavailable]
    }).annotateMerge(describe("Who is signed in", "The account, the session, and the CSRF token that goes with it.")),
    HttpApiEndpoint.post("token", "/token", {
      success: SessionToken,
      error: [Forbidden, Unauthorized, RateLimited, Unavailable]
    }).annotateMerge(
      describe("Get a token", "A bearer token for 15 minutes, which every other route takes in place of an API key.")
    ),
    HttpApiEndpoint.delete("signOut", "/", {
      success: HttpApiSchema.NoContent,
      error: [Forbidden, Unauthorized, Unavailable]
    }).annotateMerge(describe("Sign out", "The session and its tokens are gone, and so is the cookie."))
  )
  .middleware(ApiErrors)
  .prefix("/api/v1/session")
  .annotateMerge(OpenApi.annotations({ title: "Session", description: "For the pages of this control plane." })) {}

/** What an account may know and do of its sessions, with a key or a token. */
export class SessionsGroup extends HttpApiGroup.make("sessions")
  .add(
    HttpApiEndpoint.get("listSessions", "/", {
      success: Schema.Struct({ sessions: Schema.Array(SessionView) }),
      error: Unavailable
    }).annotateMerge(describe("List sessions", "Your own, the newest first.")),
    HttpApiEndpoint.delete("revokeSession", "/:id", {
      params: { id: SessionId },
      success: HttpApiSchema.NoContent,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotateMerge(describe("End a session", "Its tokens stop working within a second.")),
    HttpApiEndpoint.post("createSignInLink", "/links", {
      success: SignInLink.pipe(HttpApiSchema.status(201)),
      error: [Conflict, Forbidden, NotFound, Unavailable]
    }).annotateMerge(
      describe("Make a sign-in link", "Signs one browser in to your account, once and within 5 minutes.")
    ),
    HttpApiEndpoint.get("listWallets", "/wallets", {
      success: WalletList,
      error: Unavailable
    }).annotateMerge(describe("List wallets", "Those that sign in to your account.")),
    HttpApiEndpoint.post("addWallet", "/wallets", {
      payload: SignedMessage,
      success: WalletList,
      error: [BadRequest, Conflict, Forbidden, NotFound, Unauthorized, PayloadTooLarge, Unavailable]
    }).annotateMerge(
      describe("Add a wallet", "With a message of `/api/v1/session/challenge` that it has signed. From a page of ours.")
    ),
    HttpApiEndpoint.delete("removeWallet", "/wallets/:address", {
      params: { address: Wallet },
      success: WalletList,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotateMerge(describe("Remove a wallet", "It signs in to your account no more. Sessions go on."))
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1/sessions")
  .annotateMerge(OpenApi.annotations({ title: "Sessions", description: "Where you are signed in." })) {}
