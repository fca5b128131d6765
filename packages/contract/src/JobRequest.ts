/** What a job asks of a node: a chat, a plain completion, or embeddings, told apart by the field that only it has. */
import { Schema } from "effect"
import { ChatRequest } from "./Chat.ts"
import { CompletionRequest } from "./Completion.ts"
import { EmbeddingRequest } from "./Embedding.ts"

export const JobKind = Schema.Literals(["chat", "completion", "embedding"])
export type JobKind = typeof JobKind.Type

/** `messages` makes it a chat, `prompt` a completion, `input` embeddings. */
export const JobRequest = Schema.Union([ChatRequest, CompletionRequest, EmbeddingRequest])
export type JobRequest = typeof JobRequest.Type

export const kindOf = (request: JobRequest): JobKind =>
  "messages" in request ? "chat" : "prompt" in request ? "completion" : "embedding"
