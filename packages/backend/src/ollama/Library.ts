/** The models of one Ollama: what is offered of it, and how each is asked for. */
import type { ModelOffer } from "@infernet/contract/Node"
import { Effect } from "effect"
import { BackendError } from "../Backend.ts"
import { json, type Site } from "../http/Site.ts"
import { offer, readLoaded, readShown, readTags, type Shown, type Tag } from "./models.ts"
import type { Running } from "./options.ts"
import { atLeast } from "./version.ts"

export interface OllamaOptions {
  /** The context that models get whose Modelfile sets none, where the model itself allows it. */
  readonly contextLength: number
  /** Chats side by side: Ollama's own `OLLAMA_NUM_PARALLEL`, which it tells nobody. */
  readonly slots: number
}

/** An offered model, and how to ask for it. */
interface Entry {
  readonly offer: ModelOffer
  readonly running: Running
}

export interface Library {
  readonly models: Effect.Effect<ReadonlyArray<ModelOffer>, BackendError>
  /** Only what was in the last list: any other name might run at ollama.com. */
  readonly find: (model: string) => Effect.Effect<Entry, BackendError>
}

/** The context a model runs with here; the same for every request, or Ollama would load it again. */
const contextOf = (shown: Shown, options: OllamaOptions): number =>
  shown.fixedContext ?? Math.min(shown.contextLength ?? options.contextLength, options.contextLength)

const keyOf = (tag: Tag) => `${tag.digest} ${tag.name}`

const worthOffering = ({ capabilities, remote }: Shown): boolean =>
  !remote && (capabilities.includes("chat") || capabilities.includes("embedding"))

export const make = (site: Site, version: string | undefined, options: OllamaOptions): Library => {
  // By digest and name, as the Modelfile belongs to both; models that are gone are forgotten with the next list.
  let shown: ReadonlyMap<string, Shown> = new Map()
  let entries: ReadonlyMap<string, Entry> = new Map()

  /** A model that cannot be shown (deleted meanwhile, broken) is left out; the others are still good. */
  const show = (tag: Tag): Effect.Effect<ReadonlyArray<readonly [string, Shown]>, BackendError> => {
    const known = shown.get(keyOf(tag))
    if (known !== undefined) return Effect.succeed([[keyOf(tag), known]])
    return json(site, "/api/show", { model: tag.name }).pipe(
      Effect.map((answer) => [[keyOf(tag), readShown(answer, atLeast(version, "0.12.11"))] as const]),
      Effect.catch((error) =>
        error.fault === "backend_unreachable" || error.fault === "timeout"
          ? Effect.fail(error)
          : Effect.as(Effect.logDebug("model left out", { model: tag.name, reason: error.message }), [])
      )
    )
  }

  const entry = (tag: Tag, about: Shown, loaded: boolean): Entry => ({
    offer: offer(tag, about, contextOf(about, options), loaded, options.slots),
    running: {
      name: tag.name,
      context: about.fixedContext === undefined ? contextOf(about, options) : undefined,
      version
    }
  })

  const models = Effect.gen(function* () {
    const [listed, resident] = yield* Effect.all([json(site, "/api/tags"), json(site, "/api/ps")], { concurrency: 2 })
    const tags = readTags(listed)
    shown = new Map((yield* Effect.forEach(tags, show, { concurrency: 4 })).flat())
    const loaded = readLoaded(resident)
    const found = tags.flatMap((tag) => {
      const about = shown.get(keyOf(tag))
      return about !== undefined && worthOffering(about) ? [entry(tag, about, loaded.has(tag.name))] : []
    })
    entries = new Map(found.map((entry) => [entry.offer.id, entry]))
    return found.map(({ offer }) => offer)
  })

  const find = (model: string) =>
    Effect.suspend(() => {
      const found = entries.get(model)
      if (found !== undefined) return Effect.succeed(found)
      const message = `${site.name} on this machine has no model "${model}"`
      return Effect.fail(new BackendError({ fault: "model_not_found", message }))
    })

  return { models, find }
}
