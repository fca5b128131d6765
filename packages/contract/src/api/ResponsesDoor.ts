/** OpenAI's responses door. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ResponseObject } from "../ResponseObject.ts"
import { CreateResponse } from "../Responses.ts"
import { Authorization, OpenAiErrors } from "./Authorization.ts"
import { errors, idempotency } from "./OpenAiDoor.ts"

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

/** Not held against a form here: an id that is none is one that nobody has. */
const params = { id: Schema.String }

export class ResponsesGroup extends HttpApiGroup.make("responses")
  .add(
    HttpApiEndpoint.post("create", "/v1/responses", {
      headers: idempotency,
      payload: CreateResponse,
      success: [ResponseObject, HttpApiSchema.StreamSse({ data: Schema.Json })],
      error: errors
    }).annotateMerge(
      describe(
        "Create a response",
        "As OpenAI's: plain or, with `stream: true`, its numbered events. No conversation is kept, so all its items " +
          "come in `input`; tools are functions, and OpenAI's own are not here. What this door cannot do it refuses by " +
          "name; what changes no answer (`store`, `user`, `service_tier`, `truncation`, prompt caching) it leaves alone."
      )
    ),
    HttpApiEndpoint.get("retrieve", "/v1/responses/:id", {
      params,
      query: { stream: Schema.optionalKey(Schema.String) },
      success: ResponseObject,
      error: errors
    }).annotateMerge(
      describe(
        "Read a response",
        "What its job came to, without what was asked: requests are not kept, nor is a stream."
      )
    ),
    HttpApiEndpoint.post("cancel", "/v1/responses/:id/cancel", {
      params,
      success: ResponseObject,
      error: errors
    }).annotateMerge(describe("Cancel a response", "Stops its job. One that has ended stays as it is.")),
    HttpApiEndpoint.delete("remove", "/v1/responses/:id", { params, error: errors }).annotateMerge(
      describe("Delete a response", "Refused: jobs are the record of what was paid for.")
    )
  )
  .middleware(Authorization)
  .middleware(OpenAiErrors)
  .annotateMerge(OpenApi.annotations({ title: "OpenAI: responses", description: "OpenAI's SDKs work unchanged." })) {}
