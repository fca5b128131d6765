/** Runs requests on the least busy backend that offers their model. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest } from "@infernet/contract/Embedding"
import { Effect } from "effect"
import { type Backend, BackendError, type Emit } from "./Backend.ts"
import type { Backends } from "./Backends.ts"
import * as Known from "./Known.ts"
import type { Occupancy } from "./Occupancy.ts"
import type { Rounds } from "./Rounds.ts"
import { able, accepts } from "./unsupported.ts"

export const make = (
  rounds: Rounds,
  occupancy: Occupancy,
  offered: (model: string) => boolean
): Pick<Backends["Service"], "chat" | "complete" | "embed"> => {
  const on = Effect.fnUntraced(function* <A>(model: string, use: (backend: Backend) => Effect.Effect<A, BackendError>) {
    const one = offered(model) ? Known.offering(rounds.known(), model) : undefined
    if (one === undefined) {
      return yield* new BackendError({
        fault: "model_not_found",
        message: `No backend of this node serves "${model}".`
      })
    }
    return yield* Effect.acquireUseRelease(
      Effect.sync(() => void (one.inFlight += 1)),
      () =>
        occupancy.during(
          model,
          Effect.tapError(use(one.backend), (error) => rounds.suspect(one, error))
        ),
      () =>
        Effect.sync(() => {
          one.inFlight -= 1
          // A stand-in that has been replaced leaves with its last chat.
          if (one.inFlight === 0 && !rounds.known().includes(one)) rounds.ring()
        })
    )
  })

  return {
    chat: Effect.fn("Backends.chat")((request: ChatRequest, emit: Emit) =>
      on(request.model, (backend) => Effect.andThen(accepts(backend, request), backend.chat(request, emit)))
    ),
    complete: Effect.fn("Backends.complete")((request: CompletionRequest, emit: Emit) =>
      on(request.model, (backend) =>
        Effect.andThen(
          accepts(backend, request),
          Effect.flatMap(able(backend.complete), (run) => run(request, emit))
        )
      )
    ),
    embed: Effect.fn("Backends.embed")((request: EmbeddingRequest) =>
      on(request.model, (backend) => Effect.flatMap(able(backend.embed), (run) => run(request)))
    )
  }
}
