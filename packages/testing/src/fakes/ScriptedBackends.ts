/** Backends that say what the test wrote: one loaded model by default, and a chat of the test's own. */
import type { BackendError } from "@infernet/backend/Backend"
import { Backends, type Snapshot } from "@infernet/backend/Backends"
import type { Completion, Emit } from "@infernet/backend/Backend"
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { EmbeddingRequest, EmbeddingResult } from "@infernet/contract/Embedding"
import type { Capability, Hardware, ModelOffer } from "@infernet/contract/Node"
import { Effect, Layer, Stream, SubscriptionRef } from "effect"

export const model = "tiny"

/** A model as a node offers it, with room for four chats. */
export const offer = (id: string): ModelOffer => ({
  id,
  backend: "openai",
  state: "loaded",
  capabilities: ["chat", "completion", "embedding", "tools", "json", "logprobs"],
  slots: 4
})

export const hardware: Hardware = {
  cpu_model: "abacus",
  cpu_cores: 1,
  memory_total_bytes: 1 << 30,
  memory_free_bytes: 1 << 29,
  gpus: []
}

const snapshotOf =
  (more: ReadonlyArray<Capability>) =>
  (models: ReadonlyArray<string>): Snapshot => ({
    backends: [{ kind: "openai", healthy: true }],
    models: models.map(offer).map((one) => ({ ...one, capabilities: [...one.capabilities, ...more] }))
  })

export interface Script {
  readonly chat: (request: ChatRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
  readonly complete?: (request: CompletionRequest, emit: Emit) => Effect.Effect<Completion, BackendError>
  readonly embed?: (request: EmbeddingRequest) => Effect.Effect<EmbeddingResult, BackendError>
  /** Ids of the models on offer, changeable by the test. */
  readonly models?: SubscriptionRef.SubscriptionRef<ReadonlyArray<string>>
  /** What each of them can do beyond what models of an `offer` can. */
  readonly capabilities?: ReadonlyArray<Capability>
  readonly install?: Backends["Service"]["install"]
  readonly remove?: Backends["Service"]["remove"]
}

/** Nothing a test relies on by chance. */
const unscripted = (method: string) => Effect.die(new Error(`this test did not script Backends.${method}`))

export const layer = ({ capabilities = [], chat, complete, embed, install, models, remove }: Script) =>
  Layer.effect(
    Backends,
    Effect.gen(function* () {
      const offered = models ?? (yield* SubscriptionRef.make<ReadonlyArray<string>>([model]))
      const snapshot = Effect.map(SubscriptionRef.get(offered), snapshotOf(capabilities))
      const changes = SubscriptionRef.changes(offered).pipe(Stream.map(snapshotOf(capabilities)))
      return {
        snapshot,
        changes,
        chat,
        refresh: snapshot,
        complete: complete ?? (() => unscripted("complete")),
        embed: embed ?? (() => unscripted("embed")),
        verdicts: unscripted("verdicts"),
        install: install ?? (() => unscripted("install")),
        remove: remove ?? (() => unscripted("remove"))
      }
    })
  )
