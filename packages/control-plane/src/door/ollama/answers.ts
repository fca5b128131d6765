/** What Ollama's doors answer to each request: most of them make a job of it. */
import { Caller } from "@infernet/contract/api/Authorization"
import { BadRequest, ModelNotFound } from "@infernet/contract/ApiError"
import {
  OllamaChatRequest,
  OllamaEmbeddingsRequest,
  OllamaEmbedRequest,
  OllamaGenerateRequest,
  OllamaShowRequest
} from "@infernet/contract/Ollama"
import { Router } from "@infernet/routing/Router"
import { Clock, DateTime, Effect, type Schema } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { decodeJson, readBytes } from "../../http/body.ts"
import type { Submission } from "../../job/LiveJob.ts"
import { shownTo } from "../../limits/allowedModels.ts"
import { type Asked, Exchange } from "../Exchange.ts"
import { fingerprint } from "../fingerprint.ts"
import { embeddingRequest } from "../openai/embeddings.ts"
import { type AskingHeaders, maxPriceOf } from "../maxPrice.ts"
import { leastToldContext } from "../room.ts"
import { embedding, embeddings } from "./embeddings.ts"
import { type Asking, chatForm, type Form, generateForm, nanosecondsSince, nothing } from "./form.ts"
import { lineDialect } from "./lineDialect.ts"
import { running, shown, tags, untagged } from "./models.ts"
import { beyondRaw, chatRequest, generateRequest } from "./request.ts"
import { whole } from "./whole.ts"

export interface Raw {
  readonly headers: AskingHeaders
  readonly request: HttpServerRequest.HttpServerRequest
}

/** Ollama takes bodies of any type, and people send them with curl's own. */
const readBody = <S extends Schema.ConstraintDecoder<unknown>>({ request }: Raw, schema: S) =>
  Effect.flatMap(readBytes(request), (bytes) => decodeJson(bytes, schema, "ignore"))

/** Which door it is, and what the client asks for in its own words but for how the answer comes. */
interface Identity {
  readonly door: string
  readonly body: object
}

export const make = Effect.gen(function* () {
  const exchange = yield* Exchange
  const router = yield* Router
  const clock = yield* Clock.Clock
  const begun = DateTime.formatIso(yield* DateTime.now)
  const now = () => clock.currentTimeMillisUnsafe()

  /** The model that a name is for: as it stands where somebody has it so, else without the tag that says nothing. */
  const offered = Effect.fnUntraced(function* (
    name: string,
    { matching }: Pick<Router["Service"], "matching"> = router
  ) {
    const model = matching(name).length > 0 ? name : untagged(name)
    const offers = matching(model)
    if (offers.length > 0) return { model, offers }
    return yield* new ModelNotFound({
      error_message: `model '${name}' not found: see GET /api/tags for those that there are`
    })
  })

  const answer = Effect.fnUntraced(function* (
    { headers }: Raw,
    { body, door }: Identity,
    request: Submission["request"],
    told: Pick<Asked, "stream" | "whole">
  ) {
    const { account, key: apiKey } = yield* Caller
    const idempotencyKey = headers["idempotency-key"]
    const requestHash = fingerprint(`ollama ${door}`, idempotencyKey, body)
    const asked = { account, apiKey, idempotencyKey, requestHash, request, maxPrice: maxPriceOf(headers) }
    const submission = { ...asked, pin: undefined, metadata: undefined }
    return yield* exchange.answer({ submission, ...told })
  })

  type Body = OllamaChatRequest | OllamaGenerateRequest

  const asking = (body: Body, form: Form): Asking => ({
    model: body.model,
    form,
    thoughts: body.think !== false,
    since: now(),
    now
  })

  const prepared = Effect.fnUntraced(function* (body: Body) {
    const { model, offers } = yield* offered(body.model)
    const thinks = body.think !== undefined && body.think !== null && body.think !== false
    if (thinks && !offers.some(({ capabilities }) => capabilities.includes("reasoning"))) {
      return yield* new BadRequest({ field: "think", error_message: `"${body.model}" does not support thinking` })
    }
    return { model, contextLength: leastToldContext(offers) }
  })

  const speak = (raw: Raw, door: string, { stream, ...body }: Body, ask: Asking, request: Submission["request"]) =>
    answer(raw, { door, body }, request, {
      stream: stream === false ? undefined : () => lineDialect(ask),
      whole: whole(ask)
    })

  const chat = Effect.fnUntraced(function* (raw: Raw) {
    const body = yield* readBody(raw, OllamaChatRequest)
    const { contextLength, model } = yield* prepared(body)
    const ask = asking(body, chatForm)
    if ((body.messages ?? []).length === 0) return HttpServerResponse.jsonUnsafe(nothing(ask, body.keep_alive))
    return yield* speak(raw, "chat", body, ask, chatRequest(body, model, contextLength))
  })

  const generate = Effect.fnUntraced(function* (raw: Raw) {
    const body = yield* readBody(raw, OllamaGenerateRequest)
    const beyond = beyondRaw(body)
    if (beyond !== undefined) return yield* beyond
    const { contextLength, model } = yield* prepared(body)
    const ask = asking(body, generateForm)
    const isEmpty = (body.prompt ?? "") === "" && (body.images ?? []).length === 0
    if (isEmpty) return HttpServerResponse.jsonUnsafe(nothing(ask, body.keep_alive))
    return yield* speak(raw, "generate", body, ask, generateRequest(body, model, contextLength))
  })

  const embed = Effect.fnUntraced(function* (raw: Raw) {
    const since = now()
    const body = yield* readBody(raw, OllamaEmbedRequest)
    const { model } = yield* offered(body.model)
    const request = embeddingRequest({ ...body, model })
    if ("_tag" in request) return yield* request
    const took = () => nanosecondsSince(since, now())
    return yield* answer(raw, { door: "embed", body }, request, {
      stream: undefined,
      whole: embeddings(body.model, request.input.length, took)
    })
  })

  const embedOne = Effect.fnUntraced(function* (raw: Raw) {
    const body = yield* readBody(raw, OllamaEmbeddingsRequest)
    const { model } = yield* offered(body.model)
    const request = { model, input: [body.prompt] }
    return yield* answer(raw, { door: "embeddings", body }, request, { stream: undefined, whole: embedding })
  })

  /** What the caller's key may ask for. */
  const own = Effect.map(Caller, ({ key }) => shownTo(key, router))

  const show = Effect.fnUntraced(function* (raw: Raw) {
    const { model: named = "", name = "" } = yield* readBody(raw, OllamaShowRequest)
    const asked = named === "" ? name : named
    if (asked === "") return yield* new BadRequest({ field: "model", error_message: "model is required" })
    const visible = yield* own
    const { model } = yield* offered(asked, visible)
    return HttpServerResponse.jsonUnsafe(shown(visible.models().get(visible.advertised(model)) ?? [], begun))
  })

  return {
    chat,
    generate,
    embed,
    embedOne,
    show,
    tags: Effect.map(own, ({ models }) => ({ models: tags(models(), begun) })),
    running: Effect.map(own, ({ models }) => ({ models: running(models()) }))
  }
})
