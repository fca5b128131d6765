/** Requests with an API key: who sends it, within which limits; guessing keys costs time. */
import * as ApiKey from "@infernet/auth/ApiKey"
import { Authorization } from "@infernet/contract/api/Authorization"
import { Unauthorized } from "@infernet/contract/ApiError"
import { Effect, Layer, Redacted } from "effect"
import { HttpServerRequest } from "effect/http"
import { Callers } from "../account/Callers.ts"
import * as AddressLimit from "./AddressLimit.ts"
import * as admit from "./admit.ts"

/** Keys that do not exist, from one address in a minute. A valid key that is remembered is let in all the same. */
const guessesPerMinute = 30

export const layer = Layer.effect(
  Authorization,
  Effect.gen(function* () {
    const callers = yield* Callers
    const through = yield* admit.make
    const guesses = yield* AddressLimit.make("unknown keys", guessesPerMinute)
    return Authorization.of({
      bearer: Effect.fnUntraced(function* (httpEffect, { credential, endpoint }) {
        const request = yield* HttpServerRequest.HttpServerRequest
        // A second security scheme would be tried after a failure of the first, and hide why that failed.
        const text = Redacted.value(credential) || (request.headers["x-api-key"] ?? "")
        if (text === "") {
          return yield* new Unauthorized({ error_message: "send an API key: Authorization: Bearer inft_…" })
        }
        const key = ApiKey.parse(text)
        if (key === undefined) {
          return yield* new Unauthorized({ error_message: "this is not an Infernet API key: they begin with inft_" })
        }
        const identity = yield* callers
          .authenticate(key, guesses.check(request))
          .pipe(Effect.tapErrorTag("Unauthorized", () => guesses.count(request)))
        return yield* through(httpEffect, identity, endpoint)
      })
    })
  })
)
