/** vLLM: one model, batched. */
import { Effect } from "effect"
import { can } from "../../Ability.ts"
import { labelOf } from "../../http/prometheus.ts"
import { abilities, about, page, versionIn } from "../ask.ts"
import type { Flavor } from "../Flavor.ts"
import { list } from "../models.ts"
import { type MetricNames, readMetrics } from "../readings.ts"

/** How many chats run side by side is the operator's setting, and no route tells it: a cautious guess. */
export const guessedSlots = 32

const names: MetricNames = {
  running: ["vllm:num_requests_running"],
  waiting: ["vllm:num_requests_waiting"],
  kvUsage: ["vllm:kv_cache_usage_perc", "vllm:gpu_cache_usage_perc"],
  prefixQueries: ["vllm:prefix_cache_queries_total", "vllm:gpu_prefix_cache_queries_total"],
  prefixHits: ["vllm:prefix_cache_hits_total", "vllm:gpu_prefix_cache_hits_total"]
}

/** It tells how many chats of full length its cache holds: fewer than the guess where memory is short. */
const slotsOf = (metrics: string): number => {
  const held = Number(labelOf(metrics, "vllm:cache_config_info", "kv_cache_max_concurrency"))
  return held >= 1 ? Math.min(guessedSlots, Math.floor(held)) : guessedSlots
}

export const vllm: Flavor = {
  name: "vLLM",
  label: "vLLM",
  apiKeyVariable: "VLLM_API_KEY",
  place: { variables: ["VLLM_HOST", "VLLM_INSTANCES"], ports: [8000] },
  known: { byModel: (model) => model["owned_by"] === "vllm", byMarks: () => false },
  dialect: { repetitionPenalty: ["repetition_penalty"], namedToolChoice: true, seedBits: 64, cutsStops: true },
  learn: (site) =>
    Effect.all([about(site, "/version"), page(site, "/metrics"), abilities(site)], { concurrency: "unbounded" }).pipe(
      Effect.map(([version, metrics, capabilities]) => ({
        version: versionIn(version),
        slots: slotsOf(metrics),
        capabilities,
        told: true,
        lacks: new Map()
      }))
    ),
  models: (site, { capabilities, slots }) => list(site, { kind: "vllm", slots, capabilities }),
  readings: can((site) => Effect.map(page(site, "/metrics"), (text) => readMetrics(text, names).readings)),
  toEmbed: "run another with an embedding model",
  noInstall: "vLLM serves the one model it was started with: infernet backend run vllm <model>"
}
