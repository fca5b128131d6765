/** Which server answers here, by what it says of itself: never by its port. */
import { Effect } from "effect"
import type { BackendError } from "../Backend.ts"
import { isRecord, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { json, type Site } from "../http/Site.ts"
import type { OpenAiKind } from "./Flavor.ts"

const owners: Partial<Record<string, OpenAiKind>> = {
  "llama-swap": "llamaswap",
  llamacpp: "llamacpp",
  vllm: "vllm",
  sglang: "sglang"
}

/** From the model list alone; `openai` when it is a list like any other's, `undefined` when it is none. */
export const identifyModels = (answer: unknown): OpenAiKind | undefined => {
  if (!isRecord(answer) || !Array.isArray(answer["data"])) return undefined
  const [model] = recordsOf(answer["data"])
  const owner = owners[stringOf(model?.["owned_by"]) ?? ""]
  if (owner !== undefined) return owner
  if (model?.["owned_by"] === "" && typeof model["max_model_len"] === "number") return "max"
  return "openai"
}

/** Asks `/v1/models`, and where that list is empty or says nothing, the routes that only one of them has. */
export const identify = (site: Site): Effect.Effect<OpenAiKind | undefined, BackendError> =>
  Effect.gen(function* () {
    const kind = identifyModels(yield* json(site, "/v1/models"))
    if (kind !== "openai") return kind
    const ask = (path: string) => json(site, path).pipe(Effect.orElseSucceed(() => undefined))
    const [running, props, info, api] = yield* Effect.all(
      [ask("/running"), ask("/props"), ask("/get_model_info"), ask("/openapi.json")],
      { concurrency: "unbounded" }
    )
    // llama-swap first: what it proxies answers like a llama-server.
    if (Array.isArray(recordOf(running)["running"])) return "llamaswap"
    if (recordOf(props)["role"] === "router" || "total_slots" in recordOf(props)) return "llamacpp"
    if (stringOf(recordOf(info)["model_path"]) !== undefined) return "sglang"
    if (recordOf(recordOf(api)["info"])["title"] === "MAX Serve") return "max"
    return "openai"
  })
