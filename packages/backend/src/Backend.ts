/** One way to run chats: what every inference server looks like to the rest of the daemon. */
import type { ChatRequest, FinishReason, Usage } from "@infernet/contract/Chat"
import type { AttemptFault } from "@infernet/contract/Link"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import type { BackendKind, ModelOffer } from "@infernet/contract/Node"
import { Data, type Effect } from "effect"

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

/** A chat that did not finish, or a server that did not answer. `fault` says who is to blame and who may retry. */
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
  /** What it serves now or could load. Fails when the server is gone or not ready. */
  readonly models: Effect.Effect<ReadonlyArray<ModelOffer>, BackendError>
  /** Runs one chat. Interruption aborts it at the server within a second, also before its first byte. */
  readonly chat: (request: ChatRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
}
