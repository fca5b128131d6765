/** Ollama's own lists as offers: what lies on its disk, what is in memory, and what each model can do. */
import type { Capability, ModelOffer } from "@infernet/contract/Node"
import { countOf, type JsonRecord, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { isCloud } from "./pull/pullName.ts"

/** What `/api/show` tells, which changes only with the model's digest. */
export interface Shown {
  readonly capabilities: ReadonlyArray<Capability>
  /** Of the model itself, from its weights. */
  readonly contextLength: number | undefined
  /** Set by the operator in the Modelfile: it then needs no `num_ctx` of ours. */
  readonly fixedContext: number | undefined
  /** It runs at somebody's account and not here. */
  readonly remote: boolean
}

const capabilities: Partial<Record<string, ReadonlyArray<Capability>>> = {
  completion: ["chat", "completion", "json"],
  tools: ["tools"],
  vision: ["vision"],
  embedding: ["embedding"],
  thinking: ["reasoning"]
}

/** A cloud model is somebody's account at ollama.com, not this machine's work. */
const isRemote = (model: JsonRecord): boolean =>
  stringOf(model["remote_host"]) !== undefined || stringOf(model["remote_model"]) !== undefined

export const readShown = (answer: unknown, logprobs: boolean): Shown => {
  const shown = recordOf(answer)
  const info = recordOf(shown["model_info"])
  const length = Object.keys(info).find((key) => key.endsWith(".context_length"))
  const fixed = /^num_ctx\s+(\d+)\s*$/m.exec(stringOf(shown["parameters"]) ?? "")?.[1]
  // Builds that do not tell yet ran completions only.
  const said: ReadonlyArray<unknown> = Array.isArray(shown["capabilities"]) ? shown["capabilities"] : ["completion"]
  const known = said.flatMap((name) => (typeof name === "string" ? (capabilities[name] ?? []) : []))
  return {
    capabilities: [...new Set(known.includes("chat") && logprobs ? [...known, "logprobs" as const] : known)],
    contextLength: length === undefined ? undefined : countOf(info[length]),
    fixedContext: fixed === undefined ? undefined : Number(fixed),
    remote: isRemote(shown)
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

/** The models that run on this machine. */
export const readTags = (answer: unknown): ReadonlyArray<Tag> =>
  recordsOf(recordOf(answer)["models"])
    .flatMap((model): ReadonlyArray<Tag> => {
      const name = stringOf(model["name"])
      if (name === undefined || isRemote(model) || isCloud(name)) return []
      return [
        {
          name,
          digest: stringOf(model["digest"]) ?? "",
          bytes: countOf(model["size"]),
          quantization: stringOf(recordOf(model["details"])["quantization_level"])
        }
      ]
    })
    .slice(0, 1024)

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
