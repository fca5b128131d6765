/** The client that is derived from the contract, with a key, a watch over silence, and errors of the contract's classes. */
import { JobsGroup, QuotesGroup } from "@infernet/contract/api/Jobs"
import { ModelsGroup } from "@infernet/contract/api/Network"
import { Duration, Effect, Option, type Redacted } from "effect"
import { FetchHttpClient, HttpClient, HttpClientRequest, type HttpClientResponse } from "effect/http"
import { HttpApi, HttpApiClient } from "effect/http-api"
import * as Trouble from "./Trouble.ts"

/** The part of the contract that clients use. */
class ClientApi extends HttpApi.make("infernet").add(JobsGroup).add(QuotesGroup).add(ModelsGroup) {}

export interface Options {
  readonly apiKey: Redacted.Redacted
  /** The control plane's address; without it this machine's: http://127.0.0.1:46337. */
  readonly baseUrl?: string | URL | undefined
  /** Silence after which a request counts as dead: 45 s, three times the server's keep-alive. */
  readonly idleTimeout?: Duration.Input | undefined
  /** How often a request is sent again, and a stream taken up again without a new word in between: 3. */
  readonly maxRetries?: number | undefined
}

/** Bytes a second at which a body may be sent before that counts as silence. */
const slowest = 64 * 1024

const decode = {
  submit: HttpApiClient.decodeResponse(ClientApi, { group: "jobs", endpoint: "submit" }),
  get: HttpApiClient.decodeResponse(ClientApi, { group: "jobs", endpoint: "get" }),
  cancel: HttpApiClient.decodeResponse(ClientApi, { group: "jobs", endpoint: "cancel" }),
  list: HttpApiClient.decodeResponse(ClientApi, { group: "jobs", endpoint: "list" }),
  quote: HttpApiClient.decodeResponse(ClientApi, { group: "quotes", endpoint: "quote" }),
  models: HttpApiClient.decodeResponse(ClientApi, { group: "models", endpoint: "list" })
}

export interface Client {
  readonly api: HttpApiClient.ForApi<typeof ClientApi, Trouble.Trouble>
  readonly decode: typeof decode
  readonly idleTimeout: Duration.Duration
  /** What fails a request or a stream that says nothing for that long. */
  readonly silence: Trouble.Trouble
  /** One request and its answer, decoded as the contract says. */
  readonly request: <A>(
    asked: Effect.Effect<HttpClientResponse.HttpClientResponse, Trouble.ClientError>,
    decode: (response: HttpClientResponse.HttpClientResponse) => Effect.Effect<A, Trouble.ClientError>
  ) => Effect.Effect<A, Trouble.Trouble>
}

export const make = Effect.fnUntraced(function* (options: Options) {
  const { apiKey, baseUrl = "http://127.0.0.1:46337" } = options
  const idleTimeout = Duration.fromInputUnsafe(options.idleTimeout ?? "45 seconds")
  const silence = Trouble.silent(`not a byte came for ${Duration.format(idleTimeout)} (option idleTimeout)`)

  // Else the request would go on to wherever the answer says, with its prompt.
  const fetching = Option.getOrElse(yield* Effect.serviceOption(FetchHttpClient.RequestInit), () => ({}))
  const staying = { ...fetching, redirect: "manual" as const }

  const http = (yield* HttpClient.HttpClient).pipe(
    HttpClient.mapRequest(HttpClientRequest.bearerToken(apiKey)),
    HttpClient.transform((answer, { body }) => {
      const upload = Duration.seconds(("contentLength" in body ? (body.contentLength ?? 0) : 0) / slowest)
      return answer.pipe(
        // Pages may send only the headers that the control plane expects.
        Effect.provideService(HttpClient.TracerPropagationEnabled, false),
        Effect.provideService(FetchHttpClient.RequestInit, staying),
        Effect.timeoutOrElse({
          duration: Duration.sum(idleTimeout, upload),
          orElse: () => Effect.fail(silence)
        }),
        Effect.flatMap((response) =>
          response.status < 300 ? Effect.succeed(response) : Effect.flatMap(Trouble.refusal(response), Effect.fail)
        )
      )
    })
  )
  const api = yield* HttpApiClient.makeWith(ClientApi, {
    httpClient: http,
    baseUrl: baseUrl.toString().replace(/\/+$/, "")
  })
  const request: Client["request"] = (asked, decode) =>
    asked.pipe(
      Effect.mapError(Trouble.ofClient(false)),
      Effect.flatMap((response) =>
        decode(response).pipe(
          Effect.timeoutOrElse({ duration: idleTimeout, orElse: () => Effect.fail(silence) }),
          Effect.mapError(Trouble.ofClient(true))
        )
      )
    )

  const client: Client = { api, decode, idleTimeout, request, silence }
  return client
})
