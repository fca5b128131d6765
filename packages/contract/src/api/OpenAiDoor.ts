/** The doors of OpenAI's API. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ModelInfo, ModelPage } from "../AnthropicAnswer.ts"
import { ChatCompletion, ChatCompletionRequest, ignored, ModelList, ModelObject, OpenAiError } from "../OpenAi.ts"
import { Embeddings, EmbeddingsRequest } from "../OpenAiEmbedding.ts"
import { TextCompletion, TextCompletionRequest } from "../OpenAiText.ts"
import { Authorization, OpenAiErrors } from "./Authorization.ts"

const failure = (status: number, description: string) =>
  OpenAiError.annotate({ identifier: `OpenAiError${status}`, description, httpApiStatus: status })

/** What any of these doors may answer instead. */
export const errors = [
  failure(400, "A field is missing or wrong"),
  failure(401, "No, bad, revoked or expired key"),
  failure(403, "The key is not for this model"),
  failure(404, "No such model"),
  failure(409, "The job was cancelled, or the Idempotency-Key came before with another request"),
  failure(413, "The body is over 20 MiB"),
  failure(429, "Too many requests, tokens or jobs at once; retry after Retry-After seconds"),
  failure(500, "Our fault; the message carries the request id that is in the log"),
  failure(502, "The node or its backend failed the job before any output; retry"),
  failure(503, "No capacity, or the service cannot take work at this moment; retry after Retry-After seconds"),
  failure(504, "The job did not finish in time; retry")
]

/** Of what runs no job: those of these statuses, and what may happen to any request. */
export const errorsOf = (...statuses: ReadonlyArray<number>) =>
  errors.filter(({ ast }) => [401, 429, 500, 503, ...statuses].includes(Number(ast.annotations?.["httpApiStatus"])))

/** One answer however often it is asked for, for 24 hours. */
export const idempotency = {
  "idempotency-key": Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(128)))
}

/** What a request may say that has no word for it in its own form. */
export const asking = {
  ...idempotency,
  /** Micro-USDC, as `max_price_micros_per_1k` of `POST /api/v1/jobs`. */
  "x-infernet-max-price": Schema.optionalKey(
    Schema.String.check(
      Schema.isPattern(/^[0-9]{1,10}$/, { message: "expected micro-USDC for 1,000 output tokens, a whole number" })
    )
  )
}

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

export class OpenAiGroup extends HttpApiGroup.make("openai")
  .add(
    HttpApiEndpoint.post("chatCompletions", "/v1/chat/completions", {
      headers: asking,
      payload: ChatCompletionRequest,
      success: [ChatCompletion, HttpApiSchema.StreamSse({ data: Schema.Json })],
      error: errors
    }).annotateMerge(
      describe(
        "Chat completion",
        "As OpenAI's: plain or, with `stream: true`, chunks and a final `data: [DONE]`. `n` answers are as many jobs, each " +
          "with its own usage. `top_k`, `min_p` and `repetition_penalty` are taken besides. `seed` goes to the model, but " +
          "another node may answer the next time, so that there is no `system_fingerprint`. With `parallel_tool_calls: " +
          "false` only the first call is passed on. " +
          `Taken and without effect: ${ignored.map((field) => `\`${field}\``).join(", ")}.`
      )
    ),
    HttpApiEndpoint.post("completions", "/v1/completions", {
      headers: asking,
      payload: TextCompletionRequest,
      success: [TextCompletion, HttpApiSchema.StreamSse({ data: Schema.Json })],
      error: errors
    }).annotateMerge(
      describe(
        "Completion",
        "Goes on with a prompt as it stands, or with up to 32. As OpenAI's, but for tokens in place of text, `suffix`, " +
          "`logprobs` and a `best_of` other than `n`, which are refused. Absent `max_tokens`: what the context leaves, at " +
          "most 4,096."
      )
    ),
    HttpApiEndpoint.post("embeddings", "/v1/embeddings", {
      headers: asking,
      payload: EmbeddingsRequest,
      success: Embeddings,
      error: errors
    }).annotateMerge(
      describe(
        "Embeddings",
        "A vector for each of up to 2,048 texts. As OpenAI's, but for tokens in place of text, which are refused. All " +
          "vectors together may take 12 MiB as float32."
      )
    ),
    HttpApiEndpoint.get("models", "/v1/models", { success: [ModelList, ModelPage], error: errorsOf() }).annotateMerge(
      describe(
        "Models",
        "Models on at least one node online now, in OpenAI's form; with `anthropic-version` in Anthropic's."
      )
    ),
    HttpApiEndpoint.get("model", "/v1/models/:id/*", {
      params: { id: Schema.String, "*": Schema.optionalKey(Schema.String) },
      success: [ModelObject, ModelInfo],
      error: errorsOf(400, 404)
    }).annotateMerge(
      describe(
        "Model",
        "One of the models, by any of its names: `/v1/models/<name>`, whose slashes may be escaped or not. 404 while no node " +
          "serves it."
      )
    )
  )
  .middleware(Authorization)
  .middleware(OpenAiErrors)
  .annotateMerge(OpenApi.annotations({ title: "OpenAI", description: "OpenAI's SDKs work unchanged." })) {}
