/** SGLang: one model, batched; it tells every setting it was started with. */
import type { Capability } from "@infernet/contract/Node"
import { Effect } from "effect"
import { can } from "../../Ability.ts"
import type { BackendError } from "../../Backend.ts"
import { countOf, type JsonRecord, recordsOf, recordOf, stringOf } from "../../http/json.ts"
import type { Site } from "../../http/Site.ts"
import type { Parameter } from "../../Parameter.ts"
import { about, page, versionIn } from "../ask.ts"
import type { Flavor } from "../Flavor.ts"
import { list } from "../models.ts"
import { type MetricNames, readMetrics } from "../readings.ts"
import { guessedSlots } from "./vllm.ts"

/** The newer name of a route, and the older one where that is not there. */
const either = (site: Site, newer: string, older: string): Effect.Effect<JsonRecord, BackendError> =>
  Effect.flatMap(about(site, newer), (answer) =>
    Object.keys(answer).length > 0 ? Effect.succeed(answer) : about(site, older)
  )

const slotsOf = (settings: JsonRecord): number => {
  const [state] = recordsOf(settings["internal_states"])
  const each = countOf(state?.["effective_max_running_requests_per_dp"])
  return (
    countOf(settings["max_running_requests"]) ??
    (each === undefined ? undefined : each * (countOf(settings["dp_size"]) ?? 1)) ??
    guessedSlots
  )
}

const lacksOf = (settings: JsonRecord, model: JsonRecord): ReadonlyArray<readonly [Parameter, string]> => {
  const lacks: Array<readonly [Parameter, string]> = []
  if (settings["enable_deterministic_inference"] !== true) {
    lacks.push(["seed", "SGLang ignores it unless started with --enable-deterministic-inference"])
  }
  if (settings["tool_call_parser"] === null) lacks.push(["tools", "SGLang was started without --tool-call-parser"])
  if (model["has_image_understanding"] === false) lacks.push(["image", "the model that SGLang serves sees no images"])
  return lacks
}

const capabilitiesOf = (settings: JsonRecord, model: JsonRecord): ReadonlyArray<Capability> => {
  if (model["is_generation"] === false) return ["embedding"]
  return [
    "chat",
    "json",
    "logprobs",
    "completion",
    ...(settings["tool_call_parser"] === null ? [] : (["tools"] as const)),
    ...(model["has_image_understanding"] === true ? (["vision"] as const) : [])
  ]
}

const names: MetricNames = {
  running: ["sglang:num_running_reqs"],
  waiting: ["sglang:num_queue_reqs"],
  kvUsage: ["sglang:token_usage"],
  prefixQueries: ["sglang:prompt_tokens_total"],
  prefixHits: ["sglang:cached_tokens_total"]
}

export const sglang: Flavor = {
  name: "SGLang",
  label: "SGLang",
  apiKeyVariable: "SGLANG_API_KEY",
  place: { variables: ["SGLANG_HOST"], ports: [30_000] },
  known: {
    byModel: (model) => model["owned_by"] === "sglang",
    byMarks: (marks) => stringOf(recordOf(marks["/get_model_info"])["model_path"]) !== undefined
  },
  dialect: { repetitionPenalty: ["repetition_penalty"], namedToolChoice: true, seedBits: 64, cutsStops: true },
  learn: (site) =>
    Effect.all([either(site, "/server_info", "/get_server_info"), either(site, "/model_info", "/get_model_info")], {
      concurrency: "unbounded"
    }).pipe(
      Effect.map(([settings, model]) => ({
        version: versionIn(settings),
        slots: slotsOf(settings),
        capabilities: capabilitiesOf(settings, model),
        told: true,
        lacks: new Map(lacksOf(settings, model))
      }))
    ),
  models: (site, { capabilities, slots }) => list(site, { kind: "sglang", slots, capabilities }),
  // Needs --enable-metrics; without, the page is not there and nothing is known.
  readings: can((site) => Effect.map(page(site, "/metrics"), (text) => readMetrics(text, names).readings)),
  toEmbed: "run another with an embedding model and --is-embedding",
  noInstall: "SGLang serves the one model it was started with: infernet backend run sglang <model>",
  abort: { field: "rid", path: "/abort_request" }
}
