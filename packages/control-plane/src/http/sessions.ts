/** Handlers for an account's sessions, sign-in links and wallets. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { DateTime, Effect, Redacted } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Sessions, sessionView } from "../session/Sessions.ts"
import { type Issued, SignIns } from "../session/SignIns.ts"
import { SigningIn } from "../session/SigningIn.ts"
import { Wallets } from "../session/Wallets.ts"
import { Settings } from "../Settings.ts"
import { pageOf } from "./cookie.ts"
import { Forbidden } from "@infernet/contract/ApiError"

/** The code stands behind the `#`, which browsers keep to themselves: it is in no log of anybody's. */
export const linkOf = (url: string, { expiresAt, secret }: Issued) => {
  const code = Redacted.value(secret)
  return { url: `${url.replace(/\/$/, "")}/sign-in#${code}`, code, expires_at: DateTime.formatIso(expiresAt) }
}

export const layer = HttpApiBuilder.group(
  Api,
  "sessions",
  Effect.fn(function* (handlers) {
    const sessions = yield* Sessions
    const signIns = yield* SignIns
    const signingIn = yield* SigningIn
    const wallets = yield* Wallets
    const { url } = yield* Settings

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
          const { account } = yield* Caller
          yield* sessions.end(account, params.id)
        })
      )
      .handle("createSignInLink", () =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          return linkOf(url, yield* signIns.link(account))
        })
      )
      .handle("listWallets", () => walletsOf)
      .handle("addWallet", ({ payload, request }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          const page = pageOf(request.headers, url)
          if (page === undefined) {
            return yield* new Forbidden({ error_message: "wallets are added from a page of this control plane" })
          }
          yield* wallets.add(account, yield* signingIn.signer(payload, page))
          return yield* walletsOf
        })
      )
      .handle("removeWallet", ({ params }) =>
        Effect.gen(function* () {
          const { account } = yield* Caller
          yield* wallets.remove(account, params.address.toLowerCase())
          return yield* walletsOf
        })
      )
  })
)
