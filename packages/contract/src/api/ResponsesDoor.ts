/** OpenAI's responses door. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { ResponseObject } from "../ResponseObject.ts"
import { CreateResponse, ignored } from "../Responses.ts"
import { Authorization, OpenAiErrors } from "./Authorization.ts"
import { asking, errors, errorsOf } from "./OpenAiDoor.ts"

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

/** Not held against a form here: an id that is none is one that nobody has. */
const params = { id: Schema.String }

export class ResponsesGroup extends HttpApiGroup.make("responses")
  .add(
    HttpApiEndpoint.post("create", "/v1/responses", {
      headers: asking,
      payload: CreateResponse,
      success: [ResponseObject, HttpApiSchema.StreamSse({ data: Schema.Json })],
      error: errors
    }).annotateMerge(
      describe(
        "Create a response",
        "As OpenAI's: whole or, with `stream: true`, as its numbered events. No conversation is kept, so that all its " +
          "items come in `input` and the answer says `store: false`. Tools are functions: OpenAI's own are not here. With " +
          "`parallel_tool_calls: false` only the first call is passed on. A model's thoughts are the `content` of its " +
          "reasoning item, or its `summary` where `reasoning.summary` asks for one. What cannot be done here is refused by " +
          `name. Taken and without effect: ${ignored.map((field) => `\`${field}\``).join(", ")}.`
      )
    ),
    HttpApiEndpoint.get("retrieve", "/v1/responses/:id", {
      params,
      query: { stream: Schema.optionalKey(Schema.String) },
      success: ResponseObject,
      error: errorsOf(400, 404)
    }).annotateMerge(
      describe(
        "Read a response",
        "What its job came to, without what was asked: requests are not kept, nor is a stream."
      )
    ),
    HttpApiEndpoint.post("cancel", "/v1/responses/:id/cancel", {
      params,
      success: ResponseObject,
      error: errorsOf(404)
    }).annotateMerge(describe("Cancel a response", "Stops its job. One that has ended stays as it is.")),
    HttpApiEndpoint.delete("remove", "/v1/responses/:id", { params, error: errorsOf(400) }).annotateMerge(
      describe("Delete a response", "Refused: jobs are the record of what was paid for.")
    )
  )
  .middleware(Authorization)
  .middleware(OpenAiErrors)
  .annotateMerge(OpenApi.annotations({ title: "OpenAI: responses", description: "OpenAI's SDKs work unchanged." })) {}
