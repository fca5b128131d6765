/** A `Backend` over Ollama's native API. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import { Effect } from "effect"
import { can } from "../Ability.ts"
import { type Backend, BackendError, type Completion, type Emit } from "../Backend.ts"
import { boundedText, type Consumer, consume } from "../http/body.ts"
import { parse, recordOf, stringOf } from "../http/json.ts"
import { json, patience, request as run, send, sendOk, type Site } from "../http/Site.ts"
import { watched } from "../http/watch.ts"
import { hasImage } from "../Parameter.ts"
import type { Answer } from "./AnswerStream.ts"
import * as ChatStream from "./ChatStream.ts"
import { embedBody, readEmbeddings } from "./embeddings.ts"
import * as GenerateStream from "./GenerateStream.ts"
import * as Library from "./Library.ts"
import { readLoaded } from "./models.ts"
import { install, remove } from "./pull/install.ts"
import { completionBody, requestBody } from "./requestBody.ts"
import { lacksOf } from "./version.ts"

/** Whether Ollama answers here: its front page says so. */
export const identify = (site: Site): Effect.Effect<boolean, BackendError> =>
  run(site, async (signal) => {
    const response = await send(site, "/", { signal })
    return (await boundedText(site, response, 1 << 20)).startsWith("Ollama is running")
  }).pipe(Effect.timeoutOrElse({ duration: patience, orElse: () => Effect.succeed(false) }))

/** Two thousand texts of some thousand numbers each. */
const embeddingsBytesMax = 256 << 20

const unsupported = (message: string) => new BackendError({ fault: "unsupported", message })

export const make = Effect.fnUntraced(function* (site: Site, options: Library.OllamaOptions) {
  const version = yield* json(site, "/api/version").pipe(
    Effect.map((answer) => stringOf(recordOf(answer)["version"])),
    Effect.orElseSucceed(() => undefined)
  )
  const library = Library.make(site, version, options)
  let doubted = false

  /** Counts that cannot be true are replaced by ours; the log says so once. */
  const doubt = (said: string | undefined) =>
    Effect.suspend(() => {
      if (said === undefined) return Effect.void
      const log = doubted ? Effect.logDebug : Effect.logWarning
      doubted = true
      return log("Ollama's token counts cannot be true: counted here instead", { said })
    })

  /** The stream of one answer; the model may have to be loaded before its first byte. */
  const stream = Effect.fnUntraced(function* (path: string, body: () => unknown, consumer: () => Consumer<Answer>) {
    const { doubt: said, ...completion } = yield* watched(site, (pulse) =>
      run(site, async (signal) => {
        const response = await sendOk(site, path, { method: "POST", body: body(), signal })
        return consume(site, response, consumer(), pulse)
      })
    )
    yield* doubt(said)
    return completion satisfies Completion
  })

  const chat = Effect.fn("OllamaBackend.chat")(function* (request: ChatRequest, emit: Emit) {
    const { offer, running } = yield* library.find(request.model)
    // A model without eyes would answer as if there were no image.
    if (hasImage(request) && !offer.capabilities.includes("vision")) {
      return yield* unsupported(`"image" is not supported for "${request.model}": the model sees no images`)
    }
    return yield* stream(
      "/api/chat",
      () => requestBody(request, running),
      () => ChatStream.make(site, emit, request)
    )
  })

  const complete = Effect.fn("OllamaBackend.complete")(function* (request: CompletionRequest, emit: Emit) {
    const { running } = yield* library.find(request.model)
    return yield* stream(
      "/api/generate",
      () => completionBody(request, running),
      () => GenerateStream.make(site, emit, request)
    )
  })

  const embed = Effect.fn("OllamaBackend.embed")(function* (request: EmbeddingRequest) {
    const { offer, running } = yield* library.find(request.model)
    // Ollama would load the model once more, for embeddings alone, to find out.
    if (!offer.capabilities.includes("embedding")) {
      return yield* unsupported(`"${request.model}" gives no embeddings: choose a model made for them`)
    }
    return yield* run(site, async (signal) => {
      const body = embedBody(request, running)
      const response = await sendOk(site, "/api/embed", { method: "POST", body, signal })
      return readEmbeddings(site, request, parse(await boundedText(site, response, embeddingsBytesMax)))
    })
  })

  return {
    kind: "ollama",
    address: site.baseUrl,
    version,
    models: library.models,
    lacks: lacksOf(version),
    chat,
    complete: can(complete),
    embed: can(embed),
    // It tells neither its queue nor its cache, only what is in memory, and each of those models has its own slots.
    readings: can(
      Effect.map(json(site, "/api/ps"), (answer) => ({ slots: Math.max(1, readLoaded(answer).size) * options.slots }))
    ),
    install: can((source, progress) => install(site, source, progress)),
    remove: can((model) => remove(site, model))
  } satisfies Backend as Backend
})
