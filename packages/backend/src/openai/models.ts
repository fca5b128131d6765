/** Model lists of OpenAI-compatible servers as offers: names made public, paths kept at home. */
import type { BackendKind, Capability, ModelOffer } from "@infernet/contract/Node"
import { Effect } from "effect"
import type { BackendError } from "../Backend.ts"
import { countOf, type JsonRecord, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { json, patienceUnderLoad, type Site } from "../http/Site.ts"

/** An offer and the name its own server knows it by. */
export interface Listed {
  readonly offer: ModelOffer
  readonly upstream: string
}

/**
 * Servers started without an alias call a model by its file: that path is the operator's business.
 * A Hugging Face name ("org/model") is no path.
 */
export const publicName = (id: string): string => {
  const path = /^([/~.]|[A-Za-z]:[\\/]|\w+:\/\/)|\/.*\.gguf$/i.test(id) || id.includes("\\")
  const name = path ? (id.split(/[\\/]/).findLast((segment) => segment !== "") ?? id) : id
  return name.replace(/\.gguf$/i, "").slice(0, 256)
}

const loaded = new Set(["loaded", "ready", "running"])

export interface Traits {
  readonly kind: BackendKind
  readonly slots: number
  readonly capabilities: ReadonlyArray<Capability>
}

/** Somebody else's model behind a proxy, or a file too broken to load, is not ours to offer. */
const ours = (model: JsonRecord): boolean =>
  stringOf(recordOf(recordOf(model["meta"])["llamaswap"])["type"]) !== "peer" && stringOf(model["id"]) !== undefined

const listed = (traits: Traits, model: JsonRecord): Listed => {
  const meta = recordOf(model["meta"])
  const upstream = String(model["id"])
  const status = stringOf(recordOf(model["status"])["value"])
  // In turn: llama.cpp with the model loaded, vLLM and its like, llama.cpp's router before it loads.
  const context = countOf(meta["n_ctx"]) ?? countOf(model["max_model_len"]) ?? countOf(model["context_length"])
  const bytes = countOf(meta["size"])
  const quantization = stringOf(meta["ftype"])
  return {
    upstream,
    offer: {
      id: publicName(upstream),
      backend: traits.kind,
      state: status === undefined || loaded.has(status) ? "loaded" : "loadable",
      ...(bytes !== undefined && { bytes }),
      ...(context !== undefined && { context_length: context }),
      ...(quantization !== undefined && { quantization }),
      capabilities: traits.capabilities,
      slots: traits.slots
    }
  }
}

export const readModels = (traits: Traits, answer: unknown): ReadonlyArray<Listed> =>
  recordsOf(recordOf(answer)["data"])
    .filter(ours)
    .slice(0, 1024)
    .map((model) => listed(traits, model))

/** What the server lists now; fails where it is gone or not ready. */
export const list = (site: Site, traits: Traits): Effect.Effect<ReadonlyArray<Listed>, BackendError> =>
  Effect.map(json(site, "/v1/models", undefined, patienceUnderLoad), (answer) => readModels(traits, answer))
