/** The backends of this machine, as they are now. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest, EmbeddingResult } from "@infernet/contract/Embedding"
import type { BackendKind, BackendStatus, ModelOffer } from "@infernet/contract/Node"
import { Context, type Effect, type Stream } from "effect"
import type { BackendError, Completion, Emit } from "./Backend.ts"
import type { InstallError, ModelSource, OnProgress } from "./install/Install.ts"

export interface Snapshot {
  readonly backends: ReadonlyArray<typeof BackendStatus.Type>
  readonly models: ReadonlyArray<ModelOffer>
}

/** What was found at one address, for the operator's eyes. */
export interface Verdict {
  /** What it is, or what was hoped for there. */
  readonly kind: BackendKind
  readonly address: string
  readonly version: string | undefined
  readonly models: ReadonlyArray<ModelOffer>
  readonly used: boolean
  /** Why it is not used and what to do about it; empty when it is. */
  readonly reason: string
}

/** What an installation may not exceed: set for those from afar. */
export interface InstallLimits {
  readonly maxBytes: number
}

export class Backends extends Context.Service<
  Backends,
  {
    readonly snapshot: Effect.Effect<Snapshot>
    /** The snapshot now, then again at each change but those of `readings`, which are as old as the last check (10 s). */
    readonly changes: Stream.Stream<Snapshot>
    /** Runs one chat on the backend that offers `request.model`; fails with `model_not_found` when none does. */
    readonly chat: (request: ChatRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
    /** As `chat`; fails with `unsupported` where the backend of this model does none. */
    readonly complete: (request: CompletionRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
    readonly embed: (request: EmbeddingRequest) => Effect.Effect<EmbeddingResult, BackendError>
    /** Looks again at once, e.g. after a failure. */
    readonly refresh: Effect.Effect<Snapshot>
    /** Every address of the plan, asked anew, in the plan's order. */
    readonly verdicts: Effect.Effect<ReadonlyArray<Verdict>>
    /**
     * Brings a model to the backend `to`, or to the first that takes such a source, once it is known to fit; gives the
     * name under which it is offered from then on. Library models go to Ollama, files into the folder that the embedded
     * engine serves. Those who ask for the same at once share one installation; interrupting the last of them stops it.
     */
    readonly install: (
      source: ModelSource,
      to: BackendKind | undefined,
      progress: OnProgress,
      limits?: InstallLimits
    ) => Effect.Effect<string, InstallError>
    /**
     * Deletes a model from every backend that has its files: it is withdrawn at once, and deleted when the last chat on
     * it is done. Fails after five minutes of waiting for that, and is offered again then.
     */
    readonly remove: (model: string) => Effect.Effect<void, InstallError>
  }
>()("@infernet/backend/Backends") {}
