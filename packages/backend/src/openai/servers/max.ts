/** Modular MAX: one model, batched; its metrics are on a port of their own. */
import type { BackendReadings } from "@infernet/contract/Node"
import { Effect } from "effect"
import { can } from "../../Ability.ts"
import type { BackendError } from "../../Backend.ts"
import { recordsOf, recordOf } from "../../http/json.ts"
import type { Site } from "../../http/Site.ts"
import { about, page, versionIn } from "../ask.ts"
import type { Flavor } from "../Flavor.ts"
import { list } from "../models.ts"
import { type MetricNames, present, readMetrics } from "../readings.ts"
import { guessedSlots } from "./vllm.ts"

const names: MetricNames = {
  running: ["maxserve_num_requests_running"],
  waiting: ["maxserve_num_requests_queued"],
  kvUsage: [],
  prefixQueries: [],
  prefixHits: ["maxserve_cache_hits_tokens_total", "maxserve.cache.hits"]
}
const misses = ["maxserve_cache_misses_tokens_total", "maxserve.cache.misses"]
const [usedBlocks, allBlocks] = ["maxserve_cache_num_used_blocks", "maxserve_cache_num_total_blocks"]

/** Both as they are unless the operator moved one: with other ports nobody can say whose metrics those are. */
const usual = { api: "8000", metrics: "8001" }

const metrics = (site: Site): Effect.Effect<string, BackendError> => {
  const url = new URL(site.baseUrl)
  if (url.port !== usual.api) return Effect.succeed("")
  url.port = usual.metrics
  const beside: Site = { ...site, baseUrl: url.origin, apiKey: undefined }
  // Nobody listens there where its telemetry is off.
  return page(beside, "/metrics").pipe(Effect.orElseSucceed(() => ""))
}

export const readPage = (text: string): BackendReadings => {
  const { at, readings } = readMetrics(text, names, [...misses, usedBlocks, allBlocks])
  const [missed, used, blocks] = [at(...misses), at(usedBlocks), at(allBlocks)]
  const { prefix_hit_tokens: hits, running, waiting } = readings
  return {
    ...readings,
    ...present({
      // It counts those that wait among those that run.
      running: running === undefined ? undefined : Math.max(0, running - (waiting ?? 0)),
      kv_usage: used === undefined || blocks === undefined || used > blocks ? undefined : used / Math.max(1, blocks),
      prefix_query_tokens: hits === undefined || missed === undefined ? undefined : hits + missed
    })
  }
}

/** It has every route for every model, and fails where the model has no use for one: one short text settles it. */
const embeds = (site: Site): Effect.Effect<boolean, BackendError> =>
  Effect.gen(function* () {
    const [model] = recordsOf((yield* about(site, "/v1/models"))["data"])
    const { data } = yield* about(site, "/v1/embeddings", { model: model?.["id"], input: "a" })
    return Array.isArray(data)
  })

export const max: Flavor = {
  name: "Modular MAX",
  label: "MAX",
  apiKeyVariable: "MODULAR_MAX_API_KEY",
  place: { variables: ["MODULAR_MAX_HOST"], ports: [8000, 8080] },
  known: {
    byModel: (model) => model["owned_by"] === "" && typeof model["max_model_len"] === "number",
    byMarks: (marks) => recordOf(recordOf(marks["/openapi.json"])["info"])["title"] === "MAX Serve"
  },
  dialect: { repetitionPenalty: ["repetition_penalty"], namedToolChoice: true, seedBits: 64, cutsStops: false },
  learn: (site) =>
    Effect.all([about(site, "/version"), embeds(site)], { concurrency: "unbounded" }).pipe(
      Effect.map(([version, embedding]) => ({
        version: versionIn(version),
        slots: guessedSlots,
        // It refuses by name what it was not started for: structured output, log probabilities.
        capabilities: embedding ? ["embedding"] : ["chat", "tools", "json", "logprobs", "completion"],
        told: true,
        lacks: new Map()
      }))
    ),
  models: (site, { capabilities, slots }) => list(site, { kind: "max", slots, capabilities }),
  readings: can((site) => Effect.map(metrics(site), readPage)),
  toEmbed: "run another with an embedding model",
  noInstall: "Modular MAX serves the one model it was started with: infernet backend run max <model>"
}
