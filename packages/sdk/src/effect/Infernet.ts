/** An Infernet network as a service: chats and their streams, jobs, models. */
import type { ModelView } from "@infernet/contract/api/Network"
import type { JobId } from "@infernet/contract/Id"
import type { QuoteView } from "@infernet/contract/Quote"
import type { JobAccepted, JobView } from "@infernet/contract/Job"
import { Config, Context, Effect, Layer, type Stream } from "effect"
import type { HttpClient } from "effect/http"
import { maxRetries as usualRetries } from "../retry.ts"
import type { ChatEvent } from "../wire.ts"
import * as Chats from "./Chats.ts"
import * as Client from "./Client.ts"
import type { ChatFailure, Failure } from "./errors.ts"
import { type JobQuery, make as makeJobs } from "./Jobs.ts"
import { told } from "./rule.ts"
import type { ChatParams, SubmitOptions } from "./submission.ts"

export class Infernet extends Context.Service<
  Infernet,
  {
    /** The whole answer. Interruption cancels the job. */
    readonly chat: (params: ChatParams, options?: Chats.ChatOptions) => Effect.Effect<Chats.ChatCompletion, ChatFailure>
    /** The answer as it comes, on after every cut. Leaving the stream before its end cancels the job. */
    readonly chatStream: (params: ChatParams, options?: Chats.ChatOptions) => Stream.Stream<ChatEvent, ChatFailure>
    /** What the chat would cost at most; asks nothing of a model. */
    readonly quote: (params: ChatParams) => Effect.Effect<QuoteView, Failure>
    readonly jobs: {
      /** Submits a job and does not wait for it. */
      readonly submit: (params: ChatParams, options?: SubmitOptions) => Effect.Effect<typeof JobAccepted.Type, Failure>
      readonly get: (id: JobId) => Effect.Effect<JobView, Failure>
      /** All of your own jobs, newest first, a page at a time as they are taken. */
      readonly list: (query?: JobQuery) => Stream.Stream<JobView, Failure>
      /** Stops a job within a second; gives it as it is then. An ended one stays as it is. */
      readonly cancel: (id: JobId) => Effect.Effect<JobView, Failure>
      /** A job's events after number `after`, from the first without it. Leaving the stream leaves the job alone. */
      readonly stream: (id: JobId, options?: { readonly after?: number }) => Stream.Stream<ChatEvent, ChatFailure>
      /** The job once it has ended, however it did: see its `status`. */
      readonly wait: (id: JobId) => Effect.Effect<JobView, Failure>
    }
    /** Models on at least one node online now. */
    readonly models: Effect.Effect<ReadonlyArray<ModelView>, Failure>
  }
>()("@infernet/sdk/Infernet") {
  static readonly layer = (options: Client.Options): Layer.Layer<Infernet, never, HttpClient.HttpClient> =>
    Layer.effect(
      Infernet,
      Effect.gen(function* () {
        const { maxRetries = usualRetries } = options
        const client = yield* Client.make(options)
        const { open: _open, ...jobs } = makeJobs(client, maxRetries)
        const { chat, chatStream } = yield* Chats.make(client, { open: _open, ...jobs }, maxRetries)
        const asked = client.request(client.api.models.list({ responseMode: "response-only" }), client.decode.models)
        const models = Effect.map(told(asked, maxRetries), ({ models }) => models)
        const quote = Effect.fn("Infernet.quote")((payload: ChatParams) =>
          told(
            client.request(client.api.quotes.quote({ payload, responseMode: "response-only" }), client.decode.quote),
            maxRetries
          )
        )
        return Infernet.of({ chat, chatStream, jobs, models, quote })
      })
    )

  /** From `INFERNET_BEARER_TOKEN` and `INFERNET_CONTROL_PLANE`, as the command line has it. */
  static readonly layerConfig: Layer.Layer<Infernet, Config.ConfigError, HttpClient.HttpClient> = Layer.unwrap(
    Effect.map(
      Config.all({
        apiKey: Config.Redacted("INFERNET_BEARER_TOKEN"),
        baseUrl: Config.URL("INFERNET_CONTROL_PLANE").pipe(Config.withDefault(undefined))
      }),
      (options) => Infernet.layer(options)
    )
  )
}
