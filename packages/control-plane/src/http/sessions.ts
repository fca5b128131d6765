/** Handlers for an account's sessions, sign-in links and wallets. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { Forbidden } from "@infernet/contract/ApiError"
import { SignedMessage } from "@infernet/contract/Session"
import { DateTime, Effect, Redacted } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { ApiKeys } from "../account/ApiKeys.ts"
import { ownLimits } from "../account/keyRules.ts"
import { sessionView } from "../session/Session.ts"
import { Sessions } from "../session/Sessions.ts"
import { type Issued, SignIns } from "../session/SignIns.ts"
import { SigningIn } from "../session/SigningIn.ts"
import { Wallets } from "../session/Wallets.ts"
import { Settings } from "../Settings.ts"
import { limits, readJson } from "./body.ts"
import { pageOf } from "./cookie.ts"
import { manager } from "./manager.ts"

/** The code stands behind the `#`, which browsers keep to themselves: it is in no log of anybody's. */
export const linkOf = (url: string, { expiresAt, secret }: Issued) => {
  const code = Redacted.value(secret)
  return { url: `${url.replace(/\/$/, "")}/sign-in#${code}`, code, expires_at: DateTime.formatIso(expiresAt) }
}

export const layer = HttpApiBuilder.group(
  Api,
  "sessions",
  Effect.fn(function* (handlers) {
    const keys = yield* ApiKeys
    const sessions = yield* Sessions
    const signIns = yield* SignIns
    const signingIn = yield* SigningIn
    const wallets = yield* Wallets
    const { limits: usual, url } = yield* Settings

    /** An account's sessions and wallets open all of it: a key that is for less must not be the way to them. */
    const lasting = Effect.gen(function* () {
      const caller = yield* manager
      const key = caller.key === undefined ? undefined : yield* keys.find(caller.key.id)
      if (key === undefined) return caller
      const less =
        key.expires_at !== null
          ? `expires at ${key.expires_at}`
          : Object.keys(ownLimits(key.limits, usual.key)).length > 0
            ? "has limits of its own"
            : undefined
      if (less === undefined) return caller
      return yield* new Forbidden({
        error_message: `this key ${less}: manage sessions with one that does not, or signed in`
      })
    })

    const walletsOf = Effect.gen(function* () {
      const { account } = yield* Caller
      return { wallets: yield* wallets.list(account) }
    })

    return handlers
      .handle("listSessions", () =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          return { sessions: (yield* sessions.list(account)).map(sessionView) }
        })
      )
      .handle("revokeSession", ({ params }) =>
        Effect.gen(function* () {
          const { account } = yield* lasting
          yield* sessions.end(account, params.id)
        })
      )
      .handle("createSignInLink", () =>
        Effect.gen(function* () {
          const { account } = yield* lasting
          return linkOf(url, yield* signIns.link(account))
        })
      )
      .handle("listWallets", () => walletsOf)
      .handleRaw("addWallet", ({ request }) =>
        Effect.gen(function* () {
          const { account } = yield* lasting
          const page = pageOf(request.headers, url)
          if (page === undefined) {
            return yield* new Forbidden({ error_message: "wallets are added from a page of this control plane" })
          }
          const signed = yield* readJson(request, SignedMessage, "error", limits.signIn)
          yield* wallets.add(account, yield* signingIn.signer(signed, page))
          return HttpServerResponse.jsonUnsafe(yield* walletsOf)
        })
      )
      .handle("removeWallet", ({ params }) =>
        Effect.gen(function* () {
          const { account } = yield* lasting
          yield* wallets.remove(account, params.address.toLowerCase())
          return yield* walletsOf
        })
      )
  })
)
