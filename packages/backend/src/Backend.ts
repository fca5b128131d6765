/** One way to run models: what every inference server looks like to the rest of the daemon. */
import type { ChatRequest, FinishReason, Usage } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest, EmbeddingResult } from "@infernet/contract/Embedding"
import type { AttemptFault } from "@infernet/contract/Link"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import type { BackendKind, BackendReadings, ModelOffer } from "@infernet/contract/Node"
import { Data, type Effect } from "effect"
import type { Ability } from "./Ability.ts"
import type { InstallError, ModelSource, OnProgress } from "./install/Install.ts"
import type { Lacks } from "./Parameter.ts"

/**
 * Takes one piece of output as it arrives. Runs once a token, so it is a plain function.
 *
 * A returned promise means "no more for now": the adapter awaits it before it reads on from its server.
 */
export type Emit = (kind: RecordKind, text: string) => Promise<void> | undefined

export interface Completion {
  readonly finish_reason: FinishReason
  readonly usage: Usage
}

/** A request that did not finish, or a server that did not answer. `fault` says who is to blame and who may retry. */
export class BackendError extends Data.TaggedError("BackendError")<{
  readonly fault: AttemptFault
  /** For a person: names the backend, says what it answered and what to do. Never a file path of the operator's. */
  readonly message: string
}> {}

export interface Backend {
  readonly kind: BackendKind
  /** Base URL, or "in process" for the embedded engine. For the operator's eyes only. */
  readonly address: string
  readonly version: string | undefined
  /** What it serves now or could load. Fails when the server is gone or not ready, so this is its health as well. */
  readonly models: Effect.Effect<ReadonlyArray<ModelOffer>, BackendError>
  /** The request fields it does not take: a request that has one is refused before it is sent. */
  readonly lacks: Lacks
  /** Runs one chat. Interruption aborts it at the server within a second, also before its first byte. */
  readonly chat: (request: ChatRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
  /** Goes on with a prompt as it stands. Interruption as for `chat`. */
  readonly complete: Ability<(request: CompletionRequest, emit: Emit) => Effect.Effect<Completion, BackendError>>
  readonly embed: Ability<(request: EmbeddingRequest) => Effect.Effect<EmbeddingResult, BackendError>>
  /** How busy it says it is: its queue, its KV cache. */
  readonly readings: Ability<Effect.Effect<BackendReadings, BackendError>>
  /** Fetches a model and gives the name under which it is served from now on. Interruption stops the download. */
  readonly install: Ability<(source: ModelSource, progress: OnProgress) => Effect.Effect<string, InstallError>>
  /** Deletes a model's files. */
  readonly remove: Ability<(model: string) => Effect.Effect<void, InstallError>>
}
