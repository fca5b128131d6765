/** What differs between the servers that speak OpenAI's chat API, as data. */
import type { BackendKind, Capability } from "@infernet/contract/Node"
import { Effect } from "effect"
import type { BackendError } from "../Backend.ts"
import { countOf, type JsonRecord, recordOf, stringOf } from "../http/json.ts"
import { json, type Site } from "../http/Site.ts"
import { type Listed, readModels, type Traits } from "./models.ts"

export type OpenAiKind = Exclude<BackendKind, "embedded" | "ollama">

export interface Flavor {
  readonly name: string
  readonly apiKeyVariable: string
  /** Where it tells its version, and under which field. */
  readonly version: { readonly path: string; readonly field: string } | undefined
  readonly models: (site: Site) => Effect.Effect<ReadonlyArray<Listed>, BackendError>
  /** A server that does not always notice a closed connection is told: our own id in the body, and where to send it. */
  readonly abort?: { readonly field: string; readonly path: string }
}

const everything: ReadonlyArray<Capability> = ["chat", "tools", "json"]

const list = (traits: Traits) => (site: Site) =>
  json(site, "/v1/models").pipe(Effect.map((answer) => readModels(traits, answer)))

const llamaCppTraits = (props: JsonRecord): Traits => {
  const tools = recordOf(props["chat_template_caps"])["supports_tools"] !== false
  const vision = recordOf(props["modalities"])["vision"] === true
  return {
    kind: "llamacpp",
    slots: countOf(props["total_slots"]) ?? 1,
    capabilities: ["chat", "json", ...(tools ? (["tools"] as const) : []), ...(vision ? (["vision"] as const) : [])]
  }
}

/** A llama-server says in `/props` what its loaded model can do; a router only that it is one. */
const llamaCppModels = (site: Site) =>
  Effect.gen(function* () {
    const props = recordOf(yield* json(site, "/props"))
    return yield* list(llamaCppTraits(props))(site)
  })

// How many chats run side by side is the operator's setting on these servers, and no route tells it: a cautious guess.
const batching = { slots: 32, capabilities: everything }

export const flavors: Record<OpenAiKind, Flavor> = {
  llamacpp: {
    name: "llama.cpp",
    apiKeyVariable: "LLAMACPP_API_KEY",
    version: { path: "/props", field: "build_info" },
    models: llamaCppModels
  },
  llamaswap: {
    name: "llama-swap",
    apiKeyVariable: "LLAMACPP_API_KEY",
    version: { path: "/api/version", field: "version" },
    models: list({ kind: "llamaswap", slots: 1, capabilities: everything })
  },
  vllm: {
    name: "vLLM",
    apiKeyVariable: "VLLM_API_KEY",
    version: { path: "/version", field: "version" },
    models: list({ kind: "vllm", ...batching })
  },
  sglang: {
    name: "SGLang",
    apiKeyVariable: "SGLANG_API_KEY",
    version: { path: "/get_server_info", field: "version" },
    models: list({ kind: "sglang", ...batching }),
    abort: { field: "rid", path: "/abort_request" }
  },
  max: {
    name: "Modular MAX",
    apiKeyVariable: "MODULAR_MAX_API_KEY",
    version: { path: "/version", field: "version" },
    models: list({ kind: "max", ...batching })
  },
  openai: {
    name: "the OpenAI-compatible server",
    apiKeyVariable: "INFERNET_BACKEND_API_KEY",
    version: undefined,
    models: list({ kind: "openai", slots: 4, capabilities: everything })
  }
}

/** The server's version, where it tells one: a server that does not is no worse for it. */
export const versionOf = (site: Site, flavor: Flavor): Effect.Effect<string | undefined> => {
  const { version } = flavor
  if (version === undefined) return Effect.succeed(undefined)
  return json(site, version.path).pipe(
    Effect.map((answer) => stringOf(recordOf(answer)[version.field])?.slice(0, 256)),
    Effect.orElseSucceed(() => undefined)
  )
}
