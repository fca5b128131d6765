/** Requests to a control plane's public API, with its errors as sentences. */
import { Effect, Redacted, Schema } from "effect"
import { HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { Failure } from "../terminal/exit.ts"
import type { Target } from "./Target.ts"

const ErrorBody = Schema.Struct({ error: Schema.String, error_message: Schema.String })

const unreachable = (target: Target) => () =>
  new Failure({ message: `${target.url} does not answer: check the address and that the control plane runs` })

/** Sends a request and gives its answer, whatever that is; fails only where nobody answers. */
export const request = Effect.fnUntraced(function* (target: Target, request: HttpClientRequest.HttpClientRequest) {
  const client = yield* HttpClient.HttpClient
  const authorized = request.pipe(
    HttpClientRequest.prependUrl(target.url),
    HttpClientRequest.bearerToken(Redacted.value(target.key))
  )
  return yield* Effect.mapError(client.execute(authorized), unreachable(target))
})

/** An answer that is an error becomes its own sentence. */
export const accept = (target: Target) =>
  Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    if (response.status < 400) return response
    const body = yield* Effect.option(Effect.flatMap(response.json, Schema.decodeUnknownEffect(ErrorBody)))
    if (body._tag === "None") {
      const message = `${target.url} answered ${response.status}, and not as a control plane does: check the address`
      return yield* new Failure({ message })
    }
    const { error_message } = body.value
    return yield* new Failure({
      message: response.status === 401 ? `${error_message} (the key ${target.keyFrom})` : error_message
    })
  })

/** Sends a request and gives its answer, unless that is an error. */
export const send = (target: Target, sent: HttpClientRequest.HttpClientRequest) =>
  Effect.flatMap(request(target, sent), accept(target))

export const decode = <A, I>(schema: Schema.Codec<A, I>) =>
  Effect.fnUntraced(function* (response: HttpClientResponse.HttpClientResponse) {
    const body = yield* Effect.mapError(
      response.json,
      () => new Failure({ message: "the answer is not a control plane's: check the address" })
    )
    return yield* Effect.mapError(
      Schema.decodeUnknownEffect(schema)(body),
      () => new Failure({ message: "the answer is not of the form this version knows: upgrade one of the two" })
    )
  })
