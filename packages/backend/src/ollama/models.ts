/** Ollama's own lists as offers: what lies on its disk, what is in memory, and what each model can do. */
import type { Capability, ModelOffer } from "@infernet/contract/Node"
import { countOf, type JsonRecord, recordOf, recordsOf, stringOf } from "../http/json.ts"

/** What `/api/show` tells, which changes only with the model's digest. */
export interface Shown {
  readonly capabilities: ReadonlyArray<Capability>
  /** Of the model itself, from its weights. */
  readonly contextLength: number | undefined
  /** Set by the operator in the Modelfile: it then needs no `num_ctx` of ours. */
  readonly fixedContext: number | undefined
}

const capabilities: Partial<Record<string, Capability>> = {
  completion: "chat",
  tools: "tools",
  vision: "vision",
  embedding: "embedding",
  thinking: "reasoning"
}

export const readShown = (answer: unknown): Shown => {
  const shown = recordOf(answer)
  const info = recordOf(shown["model_info"])
  const length = Object.keys(info).find((key) => key.endsWith(".context_length"))
  const fixed = /^num_ctx\s+(\d+)\s*$/m.exec(stringOf(shown["parameters"]) ?? "")?.[1]
  const said = Array.isArray(shown["capabilities"]) ? shown["capabilities"] : ["completion"]
  const known = said.flatMap((name) => (typeof name === "string" ? (capabilities[name] ?? []) : []))
  return {
    capabilities: known.includes("chat") ? [...known, "json"] : known,
    contextLength: length === undefined ? undefined : countOf(info[length]),
    fixedContext: fixed === undefined ? undefined : Number(fixed)
  }
}

/** A model on Ollama's disk. */
export interface Tag {
  /** As Ollama names it, with its tag. */
  readonly name: string
  readonly digest: string
  readonly bytes: number | undefined
  readonly quantization: string | undefined
}

/** A cloud model is somebody's account at ollama.com, not this machine's work. */
const local = (model: JsonRecord): boolean =>
  model["remote_host"] === undefined && model["remote_model"] === undefined && stringOf(model["name"]) !== undefined

export const readTags = (answer: unknown): ReadonlyArray<Tag> =>
  recordsOf(recordOf(answer)["models"])
    .filter(local)
    .slice(0, 1024)
    .map((model) => ({
      name: String(model["name"]),
      digest: stringOf(model["digest"]) ?? "",
      bytes: countOf(model["size"]),
      quantization: stringOf(recordOf(model["details"])["quantization_level"])
    }))

export const readLoaded = (answer: unknown): ReadonlySet<string> =>
  new Set(recordsOf(recordOf(answer)["models"]).flatMap((model) => stringOf(model["name"]) ?? []))

/** "llama3.2:latest" is "llama3.2" to everybody who asks for it. */
export const publicName = (name: string): string => name.replace(/:latest$/, "")

export const offer = (
  tag: Tag,
  shown: Shown,
  context: number | undefined,
  loaded: boolean,
  slots: number
): ModelOffer => ({
  id: publicName(tag.name),
  backend: "ollama",
  state: loaded ? "loaded" : "loadable",
  ...(tag.digest !== "" && { digest: tag.digest }),
  ...(tag.bytes !== undefined && { bytes: tag.bytes }),
  ...(context !== undefined && { context_length: context }),
  ...(tag.quantization !== undefined && { quantization: tag.quantization }),
  capabilities: shown.capabilities,
  slots
})
