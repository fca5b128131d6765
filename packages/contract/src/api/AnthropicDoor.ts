/** The doors of Anthropic's API. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { CountTokensRequest, MessagesRequest } from "../Anthropic.ts"
import { AnthropicError, Message, TokenCount } from "../AnthropicAnswer.ts"
import { AnthropicErrors, Authorization } from "./Authorization.ts"
import { asking } from "./OpenAiDoor.ts"

const failure = (status: number, description: string) =>
  AnthropicError.annotate({ identifier: `AnthropicError${status}`, description, httpApiStatus: status })

const refusals = [
  failure(400, "invalid_request_error: a field is missing or wrong, or asks for what is not offered"),
  failure(401, "authentication_error: no, bad, revoked or expired key"),
  failure(413, "request_too_large: the body is over 20 MiB"),
  failure(429, "rate_limit_error: too many requests, tokens or jobs at once; retry after Retry-After seconds"),
  failure(500, "api_error: our fault; `request_id` is in the log"),
  failure(503, "api_error: the service cannot take work at this moment; retry after Retry-After seconds")
]

const errors = [
  ...refusals,
  failure(403, "permission_error: the key is not for this model"),
  failure(404, "not_found_error: no such model"),
  failure(409, "invalid_request_error: the job was cancelled, or the Idempotency-Key came with another request"),
  failure(502, "api_error: the node or its backend failed the job before any output; retry"),
  failure(504, "timeout_error: the job did not finish in time; retry"),
  failure(529, "overloaded_error: no node can take the job; retry after Retry-After seconds")
]

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

export class AnthropicGroup extends HttpApiGroup.make("anthropic")
  .add(
    HttpApiEndpoint.post("messages", "/v1/messages", {
      headers: asking,
      payload: MessagesRequest,
      success: [Message, HttpApiSchema.StreamSse({ data: Schema.Json })],
      error: errors
    }).annotateMerge(
      describe(
        "Message",
        "As Anthropic's: plain or, with `stream: true`, its events. `max_tokens` is cut to what the model's context " +
          "leaves. `stop_reason` is `end_turn` also where a stop sequence ended the answer, as backends do not say " +
          "which it was. `input_tokens` of `message_start` is an estimate; the true number comes in `message_delta`. " +
          "Ignored: `cache_control`, `service_tier`, `thinking.budget_tokens`, `output_config.effort`, beta headers " +
          "and whatever is not known. Thinking cannot be switched off at the model: `disabled` only leaves it out."
      )
    ),
    HttpApiEndpoint.post("countTokens", "/v1/messages/count_tokens", {
      payload: CountTokensRequest,
      success: TokenCount,
      error: refusals
    }).annotateMerge(
      describe(
        "Estimate a prompt's tokens",
        "An estimate from the prompt's bytes, as every model has a tokenizer of its own and nodes have it: the true " +
          "number is in the usage of an answer."
      )
    )
  )
  .middleware(Authorization)
  .middleware(AnthropicErrors)
  .annotateMerge(OpenApi.annotations({ title: "Anthropic", description: "Anthropic's SDKs work unchanged." })) {}
