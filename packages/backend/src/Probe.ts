/** Finds out what answers at an address, by what it says of itself and never by its port. */
import { Effect } from "effect"
import type { Backend } from "./Backend.ts"
import { patience, type Site } from "./http/Site.ts"
import * as Ollama from "./ollama/OllamaBackend.ts"
import { flavors } from "./openai/flavors.ts"
import { identify } from "./openai/identify.ts"
import * as OpenAi from "./openai/OpenAiBackend.ts"
import type { Candidate, Plan } from "./Plan.ts"

const ollamaSite = { kind: "ollama", name: "Ollama", apiKeyVariable: "OLLAMA_API_KEY" } as const

/**
 * The backend at this address; `undefined` when nothing answers, or something that was not looked for here.
 *
 * A server of an unknown make is taken only where the operator named its address: it may be a gateway to somebody's
 * paid account, and serving it to strangers would resell that.
 */
export const probe = Effect.fn("Probe.probe")(
  function* (candidate: Candidate, plan: Plan, fetch: typeof globalThis.fetch) {
    const at = { baseUrl: candidate.baseUrl, apiKey: candidate.apiKey, fetch }
    const hoped: Site =
      candidate.kind === "ollama"
        ? { ...at, ...ollamaSite }
        : {
            ...at,
            kind: candidate.kind,
            name: flavors[candidate.kind].name,
            apiKeyVariable: flavors[candidate.kind].apiKeyVariable
          }
    const looked = yield* Effect.gen(function* () {
      // Before the model list, which Ollama has too.
      if ((candidate.kind === "ollama" || candidate.configured) && (yield* Ollama.identify({ ...at, ...ollamaSite }))) {
        return "ollama" as const
      }
      return candidate.kind === "ollama" && !candidate.configured ? undefined : yield* identify(hoped)
    }).pipe(Effect.timeoutOption(patience))
    const found = looked._tag === "Some" ? looked.value : undefined
    if (found === undefined || (!candidate.configured && found !== candidate.kind)) return undefined
    if (found === "ollama") return yield* Ollama.make({ ...at, ...ollamaSite }, plan.ollama)
    // Told apart by nothing it says, it is what the operator called it.
    const kind = found === "openai" && candidate.kind !== "ollama" ? candidate.kind : found
    const { apiKeyVariable, name } = flavors[kind]
    const key = candidate.kind === "openai" ? hoped.apiKeyVariable : apiKeyVariable
    return yield* OpenAi.make({ ...at, kind, name, apiKeyVariable: key }, kind)
  },
  (found, candidate) =>
    found.pipe(
      Effect.catch((error): Effect.Effect<Backend | undefined> => {
        // On the usual ports nothing, or something else, is the normal case.
        const quiet = !candidate.configured || error.fault === "backend_unreachable"
        const log = quiet ? Effect.logDebug : Effect.logWarning
        return Effect.as(log("no backend there", { address: candidate.baseUrl, reason: error.message }), undefined)
      })
    )
)
