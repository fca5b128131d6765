/** Handlers of the routes with the cookie: for pages of this control plane alone. */
import * as SessionSecret from "@infernet/auth/SessionSecret"
import { Api } from "@infernet/contract/api/Api"
import { type Conflict, Forbidden, RateLimited, Unauthorized } from "@infernet/contract/ApiError"
import { ChallengeRequest, lifetimes, SignIn } from "@infernet/contract/Session"
import { DateTime, Effect, Redacted } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Accounts } from "../account/Accounts.ts"
import { type Session, sessionView } from "../session/Session.ts"
import { Sessions } from "../session/Sessions.ts"
import { SigningIn } from "../session/SigningIn.ts"
import { Settings } from "../Settings.ts"
import * as AddressLimit from "./AddressLimit.ts"
import { limits, readJson } from "./body.ts"
import { clearCookie, type Origin, pageOf, readCookie, setCookie } from "./cookie.ts"

type Request = HttpServerRequest.HttpServerRequest

const notSignedIn = new Unauthorized({ error_message: "you are not signed in: there is no session cookie" })
const elsewhere = new Forbidden({
  error_message: "sign-ins are for pages of this control plane: the request came from another site"
})
const noProof = new Forbidden({
  error_message: "x-csrf-token: expected the csrf_token that GET /api/v1/session gives to a page of this control plane"
})

const tooMany = (error: Conflict) =>
  new RateLimited({ error_message: error.error_message, retry_after: lifetimes.challengeMinutes * 60 })

const withCookie = (response: HttpServerResponse.HttpServerResponse, cookie: string) =>
  HttpServerResponse.setHeaders(response, { "set-cookie": cookie, "cache-control": "no-store" })

/** Sign-ins that begin or end, from one address in a minute. */
const perMinute = 30

export const layer = HttpApiBuilder.group(
  Api,
  "session",
  Effect.fn(function* (handlers) {
    const accounts = yield* Accounts
    const sessions = yield* Sessions
    const signingIn = yield* SigningIn
    const { url } = yield* Settings
    const limit = yield* AddressLimit.make("sign-ins", perMinute)

    const fromOurPage = ({ headers }: Request) => {
      const page = pageOf(headers, url)
      return page === undefined ? Effect.fail(elsewhere) : Effect.succeed(page)
    }

    const signedIn = Effect.fnUntraced(function* (request: Request) {
      const page = yield* fromOurPage(request)
      const cookie = readCookie(request.headers, page.isSecure)
      if (cookie === undefined) return yield* notSignedIn
      return { page, cookie, session: yield* sessions.find(cookie) }
    })

    /** As `signedIn`, for what changes something. */
    const signedInAndMeant = Effect.fnUntraced(function* (request: Request) {
      const found = yield* signedIn(request)
      if (request.headers["x-csrf-token"] !== SessionSecret.csrfToken(found.cookie)) return yield* noProof
      return found
    })

    const told = Effect.fnUntraced(function* (session: Session, cookie: Redacted.Redacted) {
      const account = yield* accounts
        .get(session.accountId)
        .pipe(Effect.catchTag("NotFound", () => Effect.fail(notSignedIn)))
      return { account, session: sessionView(session), csrf_token: SessionSecret.csrfToken(cookie) }
    })

    const signIn = Effect.fnUntraced(function* (request: Request, page: Origin) {
      yield* limit.take(request)
      const asked = yield* readJson(request, SignIn, "error", limits.signIn)
      const { account, by } = yield* Effect.catchTag(signingIn.open(asked, page), "Conflict", (error) =>
        Effect.fail(new Forbidden({ error_message: error.error_message }))
      )
      // A browser that was signed in before is that no more.
      const before = readCookie(request.headers, page.isSecure)
      if (before !== undefined) {
        yield* Effect.flatMap(sessions.find(before), ({ accountId, id }) => sessions.end(accountId, id)).pipe(
          Effect.catchTag(["Unauthorized", "NotFound"], () => Effect.void)
        )
      }
      const browser = (request.headers["user-agent"] ?? "").slice(0, 200)
      const { cookie, session } = yield* sessions.begin(account, by, browser)
      const body = yield* told(session, cookie)
      return withCookie(HttpServerResponse.jsonUnsafe(body, { status: 201 }), setCookie(cookie, page.isSecure))
    })

    return handlers
      .handleRaw("challenge", ({ request }) =>
        Effect.gen(function* () {
          const page = yield* fromOurPage(request)
          yield* limit.take(request)
          const { address, chain_id = 1 } = yield* readJson(request, ChallengeRequest, "error", limits.signIn)
          const challenge = signingIn.challenge(address, chain_id, page)
          const { expiresAt, message } = yield* Effect.catchTag(challenge, "Conflict", (error) =>
            Effect.fail(tooMany(error))
          )
          return HttpServerResponse.jsonUnsafe({ message, expires_at: DateTime.formatIso(expiresAt) })
        })
      )
      .handleRaw("signIn", ({ request }) => Effect.flatMap(fromOurPage(request), (page) => signIn(request, page)))
      .handle("session", ({ request }) =>
        Effect.flatMap(signedIn(request), ({ cookie, session }) => told(session, cookie))
      )
      .handle("token", ({ request }) =>
        Effect.gen(function* () {
          const { session } = yield* signedInAndMeant(request)
          const { expiresAt, token } = yield* sessions.issueToken(session)
          return { token: Redacted.value(token), expires_at: DateTime.formatIso(expiresAt) }
        })
      )
      .handleRaw("signOut", ({ request }) =>
        Effect.gen(function* () {
          const { page, session } = yield* signedInAndMeant(request)
          yield* Effect.catchTag(sessions.end(session.accountId, session.id), "NotFound", () => Effect.void)
          return withCookie(HttpServerResponse.empty({ status: 204 }), clearCookie(page.isSecure))
        })
      )
  })
)
