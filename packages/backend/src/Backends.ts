/** The backends of this machine, as they are now. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { BackendStatus, ModelOffer } from "@infernet/contract/Node"
import { Context, type Effect, type Stream } from "effect"
import type { BackendError, Completion, Emit } from "./Backend.ts"

export interface Snapshot {
  readonly backends: ReadonlyArray<typeof BackendStatus.Type>
  readonly models: ReadonlyArray<ModelOffer>
}

export class Backends extends Context.Service<
  Backends,
  {
    readonly snapshot: Effect.Effect<Snapshot>
    /** The snapshot now, then again at each change. */
    readonly changes: Stream.Stream<Snapshot>
    /** Runs one chat on the backend that offers `request.model`; fails with `model_not_found` when none does. */
    readonly chat: (request: ChatRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
    /** Looks again at once, e.g. after a failure. */
    readonly refresh: Effect.Effect<Snapshot>
  }
>()("@infernet/backend/Backends") {}
