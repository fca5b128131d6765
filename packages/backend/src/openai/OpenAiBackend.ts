/** A `Backend` over any server that speaks OpenAI's streamed chat completions. */
import type { ChatRequest } from "@infernet/contract/Chat"
import { Effect, Random } from "effect"
import { type Backend, BackendError, type Emit } from "../Backend.ts"
import { chatOnly } from "../chatOnly.ts"
import { consume } from "../http/body.ts"
import { roughPromptTokens } from "../http/roughTokens.ts"
import { request as run, send, sendOk, type Site } from "../http/Site.ts"
import * as ChatStream from "./ChatStream.ts"
import { flavors, type OpenAiKind, versionOf } from "./flavors.ts"
import { concede, requestBody, type RequestBody } from "./requestBody.ts"

const path = "/v1/chat/completions"

/** Posts the chat, conceding one refused field after another; there are two at most. */
const open = async (site: Site, body: RequestBody, signal: AbortSignal): Promise<Response> => {
  try {
    return await sendOk(site, path, { method: "POST", body, signal })
  } catch (error) {
    const next = error instanceof BackendError ? concede(body, error) : undefined
    if (next === undefined) throw error
    return open(site, next, signal)
  }
}

const stream = async (site: Site, request: ChatRequest, body: RequestBody, emit: Emit, signal: AbortSignal) => {
  const response = await open(site, body, signal)
  const type = response.headers.get("content-type") ?? ""
  // An error inside a 200, or a page of something that is no inference server; an event stream says what it is.
  if (type !== "" && !type.startsWith("text/event-stream")) {
    await response.body?.cancel()
    throw new BackendError({
      fault: "backend_error",
      message: `${site.name} answered a chat with ${type.split(";")[0]} instead of an event stream`
    })
  }
  return consume(
    site,
    response,
    ChatStream.make(site, emit, () => roughPromptTokens(request))
  )
}

export const make = Effect.fnUntraced(function* (site: Site, kind: OpenAiKind) {
  const flavor = flavors[kind]
  const version = yield* versionOf(site, flavor)
  // Public name → the server's own; most are equal.
  let upstream: ReadonlyMap<string, string> = new Map()

  const models = flavor.models(site).pipe(
    Effect.map((listed) => {
      upstream = new Map(listed.map(({ offer, upstream }) => [offer.id, upstream]))
      return listed.map(({ offer }) => offer)
    })
  )

  const abort = (id: string) =>
    run(site, (signal) =>
      send(site, flavor.abort?.path ?? path, { method: "POST", body: { [flavor.abort?.field ?? "id"]: id }, signal })
    ).pipe(Effect.timeout("1 second"), Effect.ignore({ log: "Debug", message: "the backend took no abort request" }))

  const chat = Effect.fn("OpenAiBackend.chat")(function* (request: ChatRequest, emit: Emit) {
    const body = requestBody(request, upstream.get(request.model) ?? request.model)
    if (flavor.abort === undefined) return yield* run(site, (signal) => stream(site, request, body, emit, signal))
    const id = `inft-${(yield* Random.nextInt).toString(36)}-${(yield* Random.nextInt).toString(36)}`
    const tagged = { ...body, [flavor.abort.field]: id }
    return yield* run(site, (signal) => stream(site, request, tagged, emit, signal)).pipe(
      Effect.onInterrupt(() => abort(id))
    )
  })

  return { kind, address: site.baseUrl, version, models, chat, ...chatOnly(site.name) } satisfies Backend as Backend
})
