/** Requests with an API key or a session's token: who sends it, within which limits; guessing costs time. */
import * as ApiKey from "@infernet/auth/ApiKey"
import * as SessionSecret from "@infernet/auth/SessionSecret"
import { Authorization } from "@infernet/contract/api/Authorization"
import { Unauthorized } from "@infernet/contract/ApiError"
import { Effect, Layer, Redacted } from "effect"
import { HttpServerRequest } from "effect/http"
import { Callers } from "../account/Callers.ts"
import { Sessions } from "../session/Sessions.ts"
import * as AddressLimit from "./AddressLimit.ts"
import * as admit from "./admit.ts"

/** Keys that do not exist, from one address in a minute. A valid key that is remembered is let in all the same. */
const guessesPerMinute = 30

export const layer = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const callers = yield* Callers
    const sessions = yield* Sessions
    const through = yield* admit.make
    const guesses = yield* AddressLimit.make("unknown keys", guessesPerMinute)

    const identify = Effect.fnUntraced(function* <E>(text: string, lookUp: Effect.Effect<void, E>) {
      const token = SessionSecret.token.parse(text)
      if (token !== undefined) return yield* callers.account(yield* sessions.authenticate(token, lookUp))
      const key = ApiKey.parse(text)
      if (key !== undefined) return yield* callers.authenticate(key, lookUp)
      return yield* new Unauthorized({ error_message: "this is not an Infernet API key: they begin with inft_" })
    })

    return Authorization.of({
      bearer: Effect.fnUntraced(function* (httpEffect, { credential, endpoint }) {
        const request = yield* HttpServerRequest.HttpServerRequest
        // A second security scheme would be tried after a failure of the first, and hide why that failed.
        const text = Redacted.value(credential) || (request.headers["x-api-key"] ?? "")
        if (text === "") {
          return yield* new Unauthorized({ error_message: "send an API key: Authorization: Bearer inft_…" })
        }
        const identity = yield* identify(text, guesses.check(request)).pipe(
          Effect.tapErrorTag("Unauthorized", () => guesses.count(request))
        )
        return yield* through(httpEffect, identity, endpoint)
      })
    })
  })
)
