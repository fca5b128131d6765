/** llama.cpp's own server: one model, or a router that loads them from a folder. */
import type { BackendReadings, Capability } from "@infernet/contract/Node"
import { Effect } from "effect"
import { can } from "../../Ability.ts"
import type { BackendError } from "../../Backend.ts"
import { countOf, type JsonRecord, recordOf, recordsOf } from "../../http/json.ts"
import { json, patienceUnderLoad, type Site } from "../../http/Site.ts"
import { abilities, about, page, versionIn } from "../ask.ts"
import type { Flavor, Learnt } from "../Flavor.ts"
import { list } from "../models.ts"
import { type MetricNames, present, readMetrics } from "../readings.ts"

const isRouter = (props: JsonRecord): boolean => props["role"] === "router"

const sees = (props: JsonRecord): boolean | undefined => {
  const { vision } = recordOf(props["modalities"]) as { readonly vision?: unknown }
  return typeof vision === "boolean" ? vision : undefined
}

/** What the loaded model can do, as its template and its projector say. */
const narrowed = (props: JsonRecord, capabilities: ReadonlyArray<Capability>): ReadonlyArray<Capability> => {
  const tools = recordOf(props["chat_template_caps"])["supports_tools"] !== false
  const kept = capabilities.filter((capability) => capability !== "tools" || tools)
  return sees(props) === true ? [...kept, "vision"] : kept
}

const learn = (site: Site): Effect.Effect<Learnt, BackendError> =>
  Effect.gen(function* () {
    const props = yield* about(site, "/props")
    // A router has every route, and would have to load a model to say what that one can do.
    const able: ReadonlyArray<Capability> = isRouter(props)
      ? ["chat", "tools", "json", "logprobs", "completion"]
      : yield* abilities(site)
    return {
      version: versionIn(props, "build_info"),
      slots: countOf(props["total_slots"]) ?? 1,
      capabilities: narrowed(props, able),
      told: !isRouter(props),
      lacks: new Map(sees(props) === false ? [["image", "the model that llama.cpp has loaded sees no images"]] : [])
    }
  })

/** Asked with every list: a server that is gone or loading says so here. */
const slotsNow = (site: Site) =>
  Effect.map(json(site, "/props", undefined, patienceUnderLoad), (props) => countOf(recordOf(props)["total_slots"]))

const names: MetricNames = {
  running: ["llamacpp:requests_processing"],
  waiting: ["llamacpp:requests_deferred"],
  kvUsage: ["llamacpp:kv_cache_usage_ratio"],
  prefixQueries: [],
  prefixHits: ["llamacpp:prompt_tokens_cached_total"]
}
const processed = "llamacpp:prompt_tokens_total"

/** `/metrics` needs `--metrics`, and `/slots` can be turned off: either tells a part. */
const readings = (site: Site): Effect.Effect<BackendReadings, BackendError> =>
  Effect.gen(function* () {
    const [text, answer] = yield* Effect.all(
      [
        page(site, "/metrics"),
        json(site, "/slots").pipe(
          Effect.catchIf(
            ({ fault }) => fault !== "backend_unreachable",
            () => Effect.succeed([])
          )
        )
      ],
      { concurrency: "unbounded" }
    )
    const slots = recordsOf(answer)
    const { at, readings } = readMetrics(text, names, [processed])
    const [cached, read] = [readings.prefix_hit_tokens, at(processed)]
    return {
      ...present({
        running: slots.length > 0 ? slots.filter((slot) => slot["is_processing"] === true).length : undefined,
        slots: slots.length > 0 ? slots.length : undefined,
        // Its count of prompt tokens leaves out those that it found in the cache.
        prefix_query_tokens: cached !== undefined && read !== undefined ? cached + read : undefined
      }),
      ...readings
    }
  })

export const llamaCpp: Flavor = {
  name: "llama.cpp",
  label: "llama.cpp",
  apiKeyVariable: "LLAMACPP_API_KEY",
  place: { variables: ["LLAMACPP_HOST"], ports: [8080, 9931] },
  known: {
    byModel: (model) => model["owned_by"] === "llamacpp",
    byMarks: ({ "/props": props }) => recordOf(props)["role"] === "router" || "total_slots" in recordOf(props)
  },
  dialect: { repetitionPenalty: ["repeat_penalty"], namedToolChoice: false, seedBits: 32, cutsStops: true },
  learn,
  models: (site, learnt) =>
    Effect.flatMap(slotsNow(site), (slots) =>
      list(site, { kind: "llamacpp", slots: slots ?? learnt.slots, capabilities: learnt.capabilities })
    ),
  readings: can(readings),
  toEmbed: "start it with --embeddings",
  noInstall:
    "llama.cpp serves the model files it was started with: put the file there by hand and start it with -m or --models-dir"
}
