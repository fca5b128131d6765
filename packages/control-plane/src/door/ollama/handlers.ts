/** Handlers of Ollama's doors. */
import { Api } from "@infernet/contract/api/Api"
import { Forbidden } from "@infernet/contract/ApiError"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { ollamaResponse } from "../../http/errors.ts"
import { respondWith } from "../../http/failure.ts"
import * as answers from "./answers.ts"

/** The Ollama whose API this is: clients look here for what they may ask. */
const version = "0.34.4"

const answering = respondWith(ollamaResponse)

const operatorsOnly = answering(
  Effect.fail(
    new Forbidden({
      error_message:
        "models of this network are installed and removed by the operators of its nodes, with `infernet model`: " +
        "see GET /api/tags for those that there are"
    })
  )
)

export const layer = HttpApiBuilder.group(
  Api,
  "ollama",
  Effect.fn(function* (handlers) {
    const { chat, embed, embedOne, generate, running, show, tags } = yield* answers.make
    return handlers
      .handleRaw("chat", (raw) => answering(chat(raw)))
      .handleRaw("generate", (raw) => answering(generate(raw)))
      .handleRaw("embed", (raw) => answering(embed(raw)))
      .handleRaw("embeddings", (raw) => answering(embedOne(raw)))
      .handleRaw("show", ({ request }) => answering(show({ headers: {}, request })))
      .handle("tags", () => tags)
      .handle("ps", () => running)
      .handle("version", () => Effect.succeed({ version }))
      .handleRaw("pull", () => operatorsOnly)
      .handleRaw("push", () => operatorsOnly)
      .handleRaw("create", () => operatorsOnly)
      .handleRaw("copy", () => operatorsOnly)
      .handleRaw("delete", () => operatorsOnly)
  })
)
