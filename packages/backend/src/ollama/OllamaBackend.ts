/** A `Backend` over Ollama's native API. */
import type { ChatRequest } from "@infernet/contract/Chat"
import { Effect } from "effect"
import type { Backend, BackendError, Emit } from "../Backend.ts"
import { chatOnly } from "../chatOnly.ts"
import { boundedText, consume } from "../http/body.ts"
import { recordOf, stringOf } from "../http/json.ts"
import { roughPromptTokens } from "../http/roughTokens.ts"
import { json, patience, request as run, send, sendOk, type Site } from "../http/Site.ts"
import * as ChatStream from "./ChatStream.ts"
import { offer, readLoaded, readShown, readTags, type Shown, type Tag } from "./models.ts"
import { requestBody } from "./requestBody.ts"

export interface OllamaOptions {
  /** The context that models get whose Modelfile sets none, where the model itself allows it. */
  readonly contextLength: number
  /** Chats side by side: Ollama's own `OLLAMA_NUM_PARALLEL`, which it tells nobody. */
  readonly slots: number
}

/** Whether Ollama answers here: its front page says so. */
export const identify = (site: Site): Effect.Effect<boolean, BackendError> =>
  run(site, async (signal) => {
    const response = await send(site, "/", { signal })
    return (await boundedText(site, response, 1 << 20)).startsWith("Ollama is running")
  }).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(false) }))

/** The context a model runs with here; the same for every request, or Ollama would load it again. */
const contextOf = (shown: Shown, options: OllamaOptions): number =>
  shown.fixedContext ?? Math.min(shown.contextLength ?? options.contextLength, options.contextLength)

export const make = Effect.fnUntraced(function* (site: Site, options: OllamaOptions) {
  const version = yield* json(site, "/api/version").pipe(
    Effect.map((answer) => stringOf(recordOf(answer)["version"])),
    Effect.orElseSucceed(() => undefined)
  )
  // By digest and name, as the Modelfile belongs to both; models that are gone are forgotten with the next list.
  let shown: ReadonlyMap<string, Shown> = new Map()
  let running: ReadonlyMap<string, { readonly name: string; readonly context: number | undefined }> = new Map()

  const show = (tag: Tag) => {
    const key = `${tag.digest} ${tag.name}`
    const known = shown.get(key)
    if (known !== undefined) return Effect.succeed([key, known] as const)
    return json(site, "/api/show", { model: tag.name }).pipe(Effect.map((answer) => [key, readShown(answer)] as const))
  }

  const models = Effect.gen(function* () {
    const [tags, loaded] = yield* Effect.all([json(site, "/api/tags"), json(site, "/api/ps")], { concurrency: 2 })
    const known = readTags(tags)
    shown = new Map(yield* Effect.forEach(known, show, { concurrency: 4 }))
    const names = readLoaded(loaded)
    const offers = known.flatMap((tag) => {
      const about = shown.get(`${tag.digest} ${tag.name}`)
      if (about === undefined || !about.capabilities.includes("chat")) return []
      return [{ tag, about, offer: offer(tag, about, contextOf(about, options), names.has(tag.name), options.slots) }]
    })
    running = new Map(
      offers.map(({ about, offer, tag }) => [
        offer.id,
        { name: tag.name, context: about.fixedContext === undefined ? contextOf(about, options) : undefined }
      ])
    )
    return offers.map(({ offer }) => offer)
  })

  const chat = Effect.fn("OllamaBackend.chat")((request: ChatRequest, emit: Emit) =>
    run(site, async (signal) => {
      const model = running.get(request.model)
      const body = requestBody(request, model?.name ?? request.model, model?.context)
      const response = await sendOk(site, "/api/chat", { method: "POST", body, signal })
      return consume(
        site,
        response,
        ChatStream.make(site, emit, () => roughPromptTokens(request))
      )
    })
  )

  return {
    kind: "ollama",
    address: site.baseUrl,
    version,
    models,
    chat,
    ...chatOnly("Ollama")
  } satisfies Backend as Backend
})
