/** The doors of OpenAI's API. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ModelPage } from "../AnthropicAnswer.ts"
import { ChatCompletion, ChatCompletionRequest, ModelList, OpenAiError } from "../OpenAi.ts"
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

/** One answer however often it is asked for, for 24 hours. */
export const idempotency = {
  "idempotency-key": Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(128)))
}

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

export class OpenAiGroup extends HttpApiGroup.make("openai")
  .add(
    HttpApiEndpoint.post("chatCompletions", "/v1/chat/completions", {
      headers: idempotency,
      payload: ChatCompletionRequest,
      success: [ChatCompletion, HttpApiSchema.StreamSse({ data: Schema.Json })],
      error: errors
    }).annotateMerge(
      describe("Chat completion", "As OpenAI's: plain or, with `stream: true`, chunks and a final `data: [DONE]`.")
    ),
    HttpApiEndpoint.get("models", "/v1/models", { success: [ModelList, ModelPage], error: errors }).annotateMerge(
      describe(
        "Models",
        "Models on at least one node online now, in OpenAI's form; with `anthropic-version` in Anthropic's."
      )
    )
  )
  .middleware(Authorization)
  .middleware(OpenAiErrors)
  .annotateMerge(OpenApi.annotations({ title: "OpenAI", description: "OpenAI's SDKs work unchanged." })) {}
