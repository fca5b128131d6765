/** Models as Ollama lists and shows them. What nobody tells of one is empty. */
import type { Capability, ModelOffer } from "@infernet/contract/Node"
import type { OllamaModel, OllamaRunning, OllamaShown } from "@infernet/contract/OllamaAnswer"

interface Offered {
  readonly offer: ModelOffer
  /** SHA-256 in hexadecimal, where it is known. */
  readonly digest: string | undefined
  readonly quantization: string | undefined
}

type Offers = ReadonlyArray<Offered>

/** Ollama's names all have a tag. */
export const tagged = (id: string): string => (id.slice(id.lastIndexOf("/") + 1).includes(":") ? id : `${id}:latest`)

/** Without the tag that says nothing. */
export const untagged = (name: string): string => name.replace(/:latest$/, "")

/** What Ollama calls what a model can do; it has no words for the rest. */
const words: Partial<Record<Capability, string>> = {
  chat: "completion",
  completion: "completion",
  embedding: "embedding",
  tools: "tools",
  vision: "vision",
  reasoning: "thinking"
}

/** Clients take what can embed for something that can do nothing else, as with Ollama it cannot. */
const capabilitiesOf = (offers: Offers): ReadonlyArray<string> => {
  const can = new Set(offers.flatMap(({ offer }) => offer.capabilities.flatMap((one) => words[one] ?? [])))
  if (can.has("completion")) can.delete("embedding")
  return [...can]
}

const most = (counts: ReadonlyArray<number | undefined>): number | undefined =>
  counts.reduce((most, one) => (one === undefined ? most : Math.max(most ?? 0, one)), undefined)

const contextOf = (offers: Offers): number | undefined => most(offers.map(({ offer }) => offer.context_length))

const detailsOf = (offers: Offers) => {
  const context = contextOf(offers)
  return {
    parent_model: "",
    format: "",
    family: "",
    families: [],
    parameter_size: "",
    quantization_level: offers.find(({ quantization }) => quantization !== undefined)?.quantization ?? "",
    ...(context === undefined ? {} : { context_length: context })
  }
}

/** Clients cut its first digits out, so that there must be some. */
const unknownDigest = "0".repeat(64)

const modelOf = (id: string, offers: Offers) => ({
  name: tagged(id),
  model: tagged(id),
  size: most(offers.map(({ offer }) => offer.bytes)) ?? 0,
  digest: offers.find(({ digest }) => digest !== undefined)?.digest ?? unknownDigest,
  details: detailsOf(offers)
})

type Models = ReadonlyMap<string, Offers>

const byName = (models: Models): ReadonlyArray<readonly [string, Offers]> =>
  [...models].sort(([a], [b]) => (a < b ? -1 : 1))

/** `since` is an ISO time: nobody knows a model's own. */
export const tags = (models: Models, since: string): ReadonlyArray<OllamaModel> =>
  byName(models).map(([id, offers]) => ({
    ...modelOf(id, offers),
    modified_at: since,
    capabilities: capabilitiesOf(offers)
  }))

/** How long a model stays loaded is its node's affair: Ollama says so of one that stays. */
const forever = "9999-12-31T23:59:59Z"

export const running = (models: Models): ReadonlyArray<OllamaRunning> =>
  byName(models).flatMap(([id, offers]) => {
    const loaded = offers.filter(({ offer }) => offer.state === "loaded")
    if (loaded.length === 0) return []
    const { size, ...model } = modelOf(id, loaded)
    return [{ ...model, size, size_vram: size, expires_at: forever, context_length: contextOf(loaded) ?? 0 }]
  })

export const shown = (offers: Offers, since: string): OllamaShown => {
  const context = contextOf(offers)
  return {
    details: detailsOf(offers),
    // Clients look the context up under the architecture, whatever that is.
    model_info: {
      "general.architecture": "unknown",
      ...(context === undefined ? {} : { "unknown.context_length": context })
    },
    capabilities: capabilitiesOf(offers),
    modified_at: since
  }
}
