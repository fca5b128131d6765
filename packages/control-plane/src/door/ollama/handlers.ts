/** Handlers of Ollama's doors. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { BadRequest, Forbidden, ModelNotFound } from "@infernet/contract/ApiError"
import { OllamaChatRequest, OllamaGenerateRequest, OllamaShowRequest } from "@infernet/contract/Ollama"
import { Router } from "@infernet/routing/Router"
import { Clock, DateTime, Effect, type Schema } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import type { Submission } from "../../job/LiveJob.ts"
import { decodeJson, readBytes } from "../../http/body.ts"
import { ollamaResponse } from "../../http/errors.ts"
import { respondWith } from "../../http/failure.ts"
import { Exchange } from "../Exchange.ts"
import { fingerprint } from "../fingerprint.ts"
import { leastToldContext } from "../room.ts"
import { type Asking, chatForm, generateForm, type Form, nothing } from "./form.ts"
import { lineDialect } from "./lineDialect.ts"
import { running, shown, tags, untagged } from "./models.ts"
import { chatRequest, generateRequest } from "./request.ts"
import { whole } from "./whole.ts"

/** The Ollama whose API this is: clients look here for what they may ask. */
const version = "0.34.4"

/** Ollama takes bodies of any type, and people send them with curl's own. */
const readBody = <S extends Schema.ConstraintDecoder<unknown>>(
  request: HttpServerRequest.HttpServerRequest,
  schema: S
) => Effect.flatMap(readBytes(request), (bytes) => decodeJson(bytes, schema, "ignore"))

const operatorsOnly = new Forbidden({
  error_message:
    "models of this network are installed and removed by the operators of its nodes, with `infernet model`: " +
    "see GET /api/tags for those that there are"
})

interface Raw {
  readonly headers: { readonly "idempotency-key"?: string | undefined }
  readonly request: HttpServerRequest.HttpServerRequest
}

const answering = respondWith(ollamaResponse)

export const layer = HttpApiBuilder.group(
  Api,
  "ollama",
  Effect.fn(function* (handlers) {
    const exchange = yield* Exchange
    const router = yield* Router
    const clock = yield* Clock.Clock
    const begun = DateTime.formatIso(yield* DateTime.now)
    const now = () => clock.currentTimeMillisUnsafe()

    /** The model that a name is for: as it stands where somebody has it so, else without the tag that says nothing. */
    const offered = Effect.fnUntraced(function* (name: string) {
      const model = router.matching(name).length > 0 ? name : untagged(name)
      const offers = router.matching(model)
      if (offers.length > 0) return { model, offers }
      return yield* new ModelNotFound({
        error_message: `model '${name}' not found: see GET /api/tags for those that there are`
      })
    })

    type Body = OllamaChatRequest | OllamaGenerateRequest

    const asking = (body: Body, form: Form): Asking => ({
      model: body.model,
      form,
      thoughts: body.think !== false,
      since: now(),
      now
    })

    const answer = Effect.fnUntraced(function* (
      door: string,
      { headers: { "idempotency-key": idempotencyKey } }: Raw,
      body: Body,
      ask: Asking,
      request: Submission["request"]
    ) {
      const { account, key: apiKey } = yield* Caller
      const { stream, ...same } = body
      return yield* exchange.answer({
        submission: {
          account,
          apiKey,
          idempotencyKey,
          requestHash: fingerprint(door, idempotencyKey, same),
          request,
          pin: undefined,
          metadata: undefined
        },
        stream: stream === false ? undefined : () => lineDialect(ask),
        whole: whole(ask)
      })
    })

    const prepared = Effect.fnUntraced(function* (body: Body) {
      const { model, offers } = yield* offered(body.model)
      const thinks = body.think !== undefined && body.think !== null && body.think !== false
      if (thinks && !offers.some(({ capabilities }) => capabilities.includes("reasoning"))) {
        return yield* new BadRequest({ field: "think", error_message: `"${body.model}" does not support thinking` })
      }
      return { model, contextLength: leastToldContext(offers) }
    })

    const chat = Effect.fnUntraced(function* (raw: Raw) {
      const body = yield* readBody(raw.request, OllamaChatRequest)
      const { contextLength, model } = yield* prepared(body)
      const ask = asking(body, chatForm)
      if ((body.messages ?? []).length === 0) return HttpServerResponse.jsonUnsafe(nothing(ask, body.keep_alive))
      return yield* answer("ollama chat", raw, body, ask, chatRequest(body, model, contextLength))
    })

    const generate = Effect.fnUntraced(function* (raw: Raw) {
      const body = yield* readBody(raw.request, OllamaGenerateRequest)
      const { contextLength, model } = yield* prepared(body)
      const ask = asking(body, generateForm)
      const isEmpty = (body.prompt ?? "") === "" && (body.images ?? []).length === 0
      if (isEmpty) return HttpServerResponse.jsonUnsafe(nothing(ask, body.keep_alive))
      return yield* answer("ollama generate", raw, body, ask, generateRequest(body, model, contextLength))
    })

    const show = Effect.fnUntraced(function* ({ request }: Raw) {
      const { model: named, name } = yield* readBody(request, OllamaShowRequest)
      const asked = named ?? name
      if (asked === undefined) {
        return yield* new BadRequest({ field: "model", error_message: "model is required" })
      }
      const { model } = yield* offered(asked)
      const offers = router.models().get(router.advertised(model)) ?? []
      return HttpServerResponse.jsonUnsafe(shown(offers, begun))
    })

    return handlers
      .handleRaw("chat", (raw) => answering(chat(raw)))
      .handleRaw("generate", (raw) => answering(generate(raw)))
      .handleRaw("show", (raw) => answering(show({ headers: {}, request: raw.request })))
      .handle("tags", () => Effect.sync(() => ({ models: tags(router.models(), begun) })))
      .handle("ps", () => Effect.sync(() => ({ models: running(router.models()) })))
      .handle("version", () => Effect.succeed({ version }))
      .handleRaw("pull", () => answering(Effect.fail(operatorsOnly)))
      .handleRaw("push", () => answering(Effect.fail(operatorsOnly)))
      .handleRaw("create", () => answering(Effect.fail(operatorsOnly)))
      .handleRaw("copy", () => answering(Effect.fail(operatorsOnly)))
      .handleRaw("delete", () => answering(Effect.fail(operatorsOnly)))
  })
)
