/** Handlers of OpenAI's responses door. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { BadRequest, NotFound } from "@infernet/contract/ApiError"
import { JobId } from "@infernet/contract/Id"
import { CreateResponse } from "@infernet/contract/Responses"
import { Router } from "@infernet/routing/Router"
import { Effect, Option, Schema } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { readJson } from "../../../http/body.ts"
import { openAiResponse } from "../../../http/errors.ts"
import { respondWith } from "../../../http/failure.ts"
import { Jobs } from "../../../job/Jobs.ts"
import { Exchange } from "../../Exchange.ts"
import { fingerprint } from "../../fingerprint.ts"
import { type AskingHeaders, maxPriceOf } from "../../maxPrice.ts"
import { leastContext } from "../../room.ts"
import { resolve } from "./references.ts"
import { chatRequest } from "./request.ts"
import { wantedOf, wholeResponse } from "./response.ts"
import { responsesDialect } from "./responsesDialect.ts"
import { storedResponse } from "./stored.ts"

const decodeJobId = Schema.decodeUnknownOption(JobId)

const noResponse = (id: string) =>
  new NotFound({ error_message: `you have no response with the id ${id.slice(0, 80)}` })

/** The job behind a response's id. */
const jobIdOf = (id: string) =>
  Effect.mapError(
    Effect.fromOption(id.startsWith("resp_") ? decodeJobId(id.slice("resp_".length)) : Option.none()),
    () => noResponse(id)
  )

/** Fields of a chat by their names at this door: a model may be asked for what no node has. */
const names: Readonly<Record<string, string>> = {
  messages: "input",
  response_format: "text.format",
  logprobs: "include"
}

const renamed = <E>(error: E): E | BadRequest => {
  if (!(error instanceof BadRequest)) return error
  const { error_message: message, field = "" } = error
  const name = names[field]
  return name === undefined
    ? error
    : new BadRequest({ field: name, error_message: message.replace(`${field}:`, `${name}:`) })
}

const streamIsGone = new BadRequest({
  field: "stream",
  error_message:
    "stream: a response is read whole here; to have its events again, send its request again with the same Idempotency-Key"
})

const recordsStay = new BadRequest({
  error_message:
    "responses are not deleted: their jobs are the record of what was paid for; POST /v1/responses/{id}/cancel stops one"
})

export const layer = HttpApiBuilder.group(
  Api,
  "responses",
  Effect.fn(function* (handlers) {
    const exchange = yield* Exchange
    const jobs = yield* Jobs
    const router = yield* Router

    const create = Effect.fnUntraced(function* (request: HttpServerRequest.HttpServerRequest, headers: AskingHeaders) {
      const idempotencyKey = headers["idempotency-key"]
      const { account, key: apiKey } = yield* Caller
      const body = yield* readJson(request, CreateResponse, "ignore")
      const input = yield* resolve(body.input, (id) => jobs.find(account, id))
      const asked = yield* Effect.fromResult(chatRequest(body, input, leastContext(router.matching(body.model))))
      const wanted = wantedOf(body)
      const { stream, ...same } = body
      const answer = exchange.answer({
        submission: {
          account,
          apiKey,
          idempotencyKey,
          requestHash: fingerprint("openai responses", idempotencyKey, same),
          request: asked,
          pin: undefined,
          maxPrice: maxPriceOf(headers),
          metadata: body.metadata ?? undefined
        },
        stream: stream === true ? (job) => responsesDialect(job, wanted) : undefined,
        whole: wholeResponse(wanted)
      })
      return yield* Effect.mapError(answer, renamed)
    })

    /** Whichever door the job came through, if only it has words for an answer. */
    const find = Effect.fnUntraced(function* (id: string) {
      const { account } = yield* Caller
      const job = yield* Effect.catchTag(jobs.find(account, yield* jobIdOf(id)), "NotFound", () =>
        Effect.fail(noResponse(id))
      )
      return job.kind === "embedding" ? yield* noResponse(id) : job
    })

    const retrieve = Effect.fnUntraced(function* (id: string, stream: string | undefined) {
      if (stream === "true") return yield* streamIsGone
      return HttpServerResponse.jsonUnsafe(storedResponse(yield* find(id)))
    })

    const cancel = Effect.fnUntraced(function* (id: string) {
      const { accountId, id: jobId } = yield* find(id)
      const job = jobs.live(accountId, jobId)
      if (job !== undefined) yield* jobs.cancel(job)
      return HttpServerResponse.jsonUnsafe(storedResponse(yield* find(id)))
    })

    const respond = respondWith(openAiResponse)

    return handlers
      .handleRaw("create", ({ headers, request }) => respond(create(request, headers)))
      .handleRaw("retrieve", ({ params, query }) => respond(retrieve(params.id, query.stream)))
      .handleRaw("cancel", ({ params }) => respond(cancel(params.id)))
      .handleRaw("remove", () => respond(Effect.fail(recordsStay)))
  })
)
