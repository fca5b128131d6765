/** Handlers that tell what the network is and offers. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import type { ModelView } from "@infernet/contract/api/Network"
import type { Entry } from "@infernet/routing/Catalog"
import { Router } from "@infernet/routing/Router"
import { DateTime, Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { type ModelSpeed, JobStore } from "../job/JobStore.ts"
import { shownTo } from "../limits/allowedModels.ts"
import { Nodes } from "../node/Nodes.ts"
import { Quotes } from "../price/Quotes.ts"
import { Settings } from "../Settings.ts"

/** Nodes choose names freely: of one model no more of them are told than anybody reads. */
const toldAtMost = 32

const distinct = <A extends string>(values: ReadonlyArray<A | undefined>): ReadonlyArray<A> =>
  [...new Set(values)]
    .filter((value) => value !== undefined)
    .sort()
    .slice(0, toldAtMost)

/** One model over all nodes that offer it, by whatever name: what at least one of them can do. */
const modelView = (
  id: string,
  entries: ReadonlyArray<Entry>,
  speed: ModelSpeed | undefined,
  { listPrice, lowest }: Pick<Quotes["Service"], "listPrice" | "lowest">
): ModelView => {
  const price = listPrice(id)
  const contexts = entries.flatMap(({ offer }) => offer.context_length ?? [])
  return {
    id,
    aliases: distinct(entries.map(({ offer }) => offer.id)).filter((name) => name !== id),
    quantizations: distinct(entries.map(({ quantization }) => quantization)),
    digests: distinct(entries.map(({ digest }) => digest && `sha256:${digest}`)),
    nodes: new Set(entries.map(({ host }) => host.node)).size,
    avg_tokens_per_second: speed?.tokensPerSecond ?? null,
    ttft_ms_p50: speed?.firstTokenMillis ?? null,
    context_length: contexts.reduce<number | null>((most, one) => Math.max(most ?? 0, one), null),
    capabilities: distinct(entries.flatMap(({ offer }) => offer.capabilities)),
    price,
    lowest_price: lowest(price, entries),
    demo: entries.every(({ offer }) => offer.demo === true)
  }
}

export const ModelsLayer = HttpApiBuilder.group(
  Api,
  "models",
  Effect.fn(function* (handlers) {
    const quotes = yield* Quotes
    const router = yield* Router
    const store = yield* JobStore
    const speeds = yield* Effect.cachedWithTTL(
      // Without the database the list still stands; only its speeds are missing.
      Effect.orElseSucceed(store.speeds, () => []),
      "5 seconds"
    )
    return handlers.handle("list", () =>
      Effect.gen(function* () {
        const known = new Map((yield* speeds).map((speed) => [speed.model, speed]))
        const { key } = yield* Caller
        const models = [...shownTo(key, router).models()].map(([id, entries]) =>
          modelView(id, entries, known.get(id), quotes)
        )
        return { models: models.sort((a, b) => (a.id < b.id ? -1 : 1)) }
      })
    )
  })
)

export const NodesLayer = HttpApiBuilder.group(
  Api,
  "nodes",
  Effect.fn(function* (handlers) {
    const nodes = yield* Nodes
    return handlers
      .handle("list", () => Effect.map(nodes.list, (list) => ({ nodes: list })))
      .handle("get", ({ params }) => nodes.get(params.id))
  })
)

export const PublicLayer = HttpApiBuilder.group(
  Api,
  "public",
  Effect.fn(function* (handlers) {
    const nodes = yield* Nodes
    const settings = yield* Settings
    const store = yield* JobStore
    return handlers
      .handle("info", () =>
        Effect.map(DateTime.now, (now) => ({
          control_plane_id: settings.id,
          version: settings.version,
          server_time: DateTime.formatIso(now),
          invite_required: settings.admission.inviteOnly
        }))
      )
      .handle("nodeStatus", ({ params }) => Effect.map(nodes.get(params.id), ({ status }) => ({ status })))
      .handle("health", () => Effect.succeed({ status: "ok" as const }))
      .handle("ready", () =>
        store.ready.pipe(
          Effect.timeout("2 seconds"),
          Effect.match({
            onSuccess: () => ({ status: "ready", nodes_online: nodes.online() }) as const,
            onFailure: () => ({ status: "unready", nodes_online: nodes.online() }) as const
          }),
          Effect.map((body) => HttpServerResponse.jsonUnsafe(body, { status: body.status === "ready" ? 200 : 503 }))
        )
      )
  })
)
