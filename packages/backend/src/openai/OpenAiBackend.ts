/** A `Backend` over any server that speaks OpenAI's streamed chat completions. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import type { Capability } from "@infernet/contract/Node"
import { Effect, Random } from "effect"
import { can, cannot } from "../Ability.ts"
import { type Backend, BackendError, type Completion, type Emit } from "../Backend.ts"
import { boundedText, type Consumer, consume, type Pulse } from "../http/body.ts"
import { parse } from "../http/json.ts"
import { request as run, send, sendOk, type Site } from "../http/Site.ts"
import { watched } from "../http/watch.ts"
import type { Answer } from "./AnswerStream.ts"
import * as ChatStream from "./ChatStream.ts"
import * as CompletionStream from "./CompletionStream.ts"
import { concede } from "./concede.ts"
import type { RequestBody } from "./dialect.ts"
import { answerLimit, readEmbeddings } from "./embeddings.ts"
import type { Flavor } from "./Flavor.ts"
import { flavors, type OpenAiKind } from "./flavors.ts"
import { chatBody, completionBody, embeddingBody } from "./requestBody.ts"

/** Posts a request, conceding one refused field after another; there are two at most. */
const open = async (site: Site, path: string, body: RequestBody, signal: AbortSignal): Promise<Response> => {
  try {
    return await sendOk(site, path, { method: "POST", body, signal })
  } catch (error) {
    const next = error instanceof BackendError ? concede(body, error) : undefined
    if (next === undefined) throw error
    return open(site, path, next, signal)
  }
}

/** An error inside a 200, or a page of something that is no inference server; an event stream says what it is. */
const expectEvents = async (site: Site, response: Response): Promise<void> => {
  const type = response.headers.get("content-type") ?? ""
  if (type === "" || type.startsWith("text/event-stream")) return
  await response.body?.cancel()
  throw new BackendError({
    fault: "backend_error",
    message: `${site.name} answered with ${type.split(";")[0]?.slice(0, 64)} instead of an event stream`
  })
}

export const make = Effect.fnUntraced(function* (site: Site, kind: OpenAiKind) {
  const flavor: Flavor = flavors[kind]
  const learnt = yield* flavor.learn(site)
  // Public name → the server's own; most are equal.
  let upstream: ReadonlyMap<string, string> = new Map()
  const upstreamOf = (model: string) => upstream.get(model) ?? model
  let doubted = false

  const does = (capability: Capability) => !learnt.told || learnt.capabilities.includes(capability)

  const models = flavor.models(site, learnt).pipe(
    Effect.map((listed) => {
      // Of several with one public name the first is offered, so it is the one that is asked.
      upstream = new Map(listed.toReversed().map(({ offer, upstream }) => [offer.id, upstream]))
      return listed.map(({ offer }) => offer)
    })
  )

  /** Counts that cannot be true are replaced by ours; the log says so once, or a bad server would fill it. */
  const doubt = ({ doubt }: Answer) =>
    Effect.suspend(() => {
      if (doubt === undefined) return Effect.void
      const log = doubted ? Effect.logDebug : Effect.logWarning
      doubted = true
      return log("the backend's token counts cannot be true: counted here instead", { kind, said: doubt })
    })

  const abort = (path: string, field: string, id: string) =>
    run(site, (signal) => send(site, path, { method: "POST", body: { [field]: id }, signal })).pipe(
      Effect.timeout("1 second"),
      Effect.ignore({ log: "Debug", message: "the backend took no abort request" })
    )

  /** Streams one answer; an interrupted one is aborted at the server, by name where a closed connection is not enough. */
  const stream = Effect.fnUntraced(function* (path: string, body: RequestBody, consumer: Consumer<Answer>) {
    const attempt = (body: RequestBody, pulse: Pulse) =>
      run(site, async (signal) => {
        const response = await open(site, path, body, signal)
        await expectEvents(site, response)
        return consume(site, response, consumer, pulse)
      })
    const tell = flavor.abort
    const id = `inft-${(yield* Random.nextInt).toString(36)}-${(yield* Random.nextInt).toString(36)}`
    const answer = yield* watched(site, (pulse) =>
      tell === undefined
        ? attempt(body, pulse)
        : attempt({ ...body, [tell.field]: id }, pulse).pipe(Effect.onInterrupt(() => abort(tell.path, tell.field, id)))
    )
    yield* doubt(answer)
    return { finish_reason: answer.finish_reason, usage: answer.usage } satisfies Completion as Completion
  })

  const chat = Effect.fn("OpenAiBackend.chat")(function* (request: ChatRequest, emit: Emit) {
    const body = chatBody(request, upstreamOf(request.model), flavor.dialect)
    if (typeof body === "string") return yield* new BackendError({ fault: "bad_request", message: body })
    return yield* stream("/v1/chat/completions", body, ChatStream.make(site, emit, request, flavor.dialect.cutsStops))
  })

  const complete = Effect.fn("OpenAiBackend.complete")((request: CompletionRequest, emit: Emit) =>
    stream(
      "/v1/completions",
      completionBody(request, upstreamOf(request.model), flavor.dialect),
      CompletionStream.make(site, emit, request, flavor.dialect.cutsStops)
    )
  )

  const embed = Effect.fn("OpenAiBackend.embed")(function* (request: EmbeddingRequest) {
    const body = embeddingBody(request, upstreamOf(request.model))
    const answer = yield* watched(site, () =>
      run(site, async (signal) => {
        const response = await sendOk(site, "/v1/embeddings", { method: "POST", body, signal })
        return parse(await boundedText(site, response, answerLimit))
      })
    )
    const result = readEmbeddings(site, answer, request)
    return result instanceof BackendError ? yield* result : result
  })

  return {
    kind,
    address: site.baseUrl,
    version: learnt.version,
    models,
    lacks: learnt.lacks,
    chat,
    complete: does("completion")
      ? can(complete)
      : cannot(`${flavor.name} completes no plain prompts as it was started`),
    embed: does("embedding")
      ? can(embed)
      : cannot(`${flavor.name} makes no embeddings as it was started: ${flavor.toEmbed}`),
    readings: flavor.readings.can ? can(flavor.readings.run(site)) : flavor.readings,
    install: cannot(flavor.noInstall),
    remove: cannot(flavor.noInstall)
  } satisfies Backend as Backend
})
