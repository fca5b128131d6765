/** What the daemon and an engine's process say to each other, over Bun's IPC. Types only: nothing to load in the child. */
import type { ChatRequest, FinishReason, Usage } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import type { AttemptFault } from "@infernet/contract/Link"
import type { RecordKind } from "@infernet/contract/LinkRecord"

/** Which model a process runs and in what shape; its argument, as JSON. */
export interface Blueprint {
  readonly path: string
  /** The demo model is prompted by our own hand, `chat` models as their files say, `embedding` models not at all. */
  readonly kind: "demo" | "chat" | "embedding"
  readonly contextLength: number
  /** Chats that run side by side, in one batch. */
  readonly slots: number
  /** `undefined` for as many as the machine has cores that are good at it. */
  readonly threads: number | undefined
}

/** Requests that may wait for a slot; one more is told that the engine is overloaded. */
export const waiting = 64

export type Job =
  | { readonly type: "chat"; readonly id: number; readonly request: ChatRequest }
  | { readonly type: "complete"; readonly id: number; readonly request: CompletionRequest }
  | { readonly type: "embed"; readonly id: number; readonly request: EmbeddingRequest }

export type ToEngine = Job | { readonly type: "cancel"; readonly id: number }

/** A model as it came to be loaded. */
export interface Loaded {
  /** Of node-llama-cpp. */
  readonly version: string
  /** May be less than the blueprint's, where memory was short. */
  readonly contextLength: number
  /** Of the weights. */
  readonly bytes: number
  /** Of weights and KV cache. */
  readonly memoryBytes: number
}

export type FromEngine =
  | ({ readonly type: "ready" } & Loaded)
  /** The model cannot be loaded; the process ends. */
  | { readonly type: "unloadable"; readonly message: string }
  /** Pieces that came in one turn of the event loop, as one message. Their number is bounded by the context's length. */
  | { readonly type: "pieces"; readonly id: number; readonly pieces: ReadonlyArray<readonly [RecordKind, string]> }
  | { readonly type: "done"; readonly id: number; readonly finish_reason: FinishReason; readonly usage: Usage }
  /** One of a request's embeddings, in the order of its texts. */
  | { readonly type: "vector"; readonly id: number; readonly vector: ReadonlyArray<number> }
  | { readonly type: "embedded"; readonly id: number; readonly prompt_tokens: number }
  | { readonly type: "failed"; readonly id: number; readonly fault: AttemptFault; readonly message: string }
