/** Finds out what answers at an address, by what it says of itself and never by its port. */
import type { BackendKind } from "@infernet/contract/Node"
import { Effect } from "effect"
import type { Backend, BackendError } from "./Backend.ts"
import type { Kind } from "./kinds.ts"
import { patience, type Site } from "./http/Site.ts"
import * as Ollama from "./ollama/OllamaBackend.ts"
import { flavors } from "./openai/flavors.ts"
import { identify } from "./openai/identify.ts"
import * as OpenAi from "./openai/OpenAiBackend.ts"
import type { Candidate, Plan } from "./Plan.ts"

export type Probed =
  | { readonly _tag: "Found"; readonly backend: Backend }
  /** Nothing answers, or something that is not used; `reason` says which, and what to do about it. */
  | { readonly _tag: "Missed"; readonly kind: BackendKind | undefined; readonly reason: string }

const missed = (reason: string, kind?: BackendKind): Probed => ({ _tag: "Missed", kind, reason })

const ollamaSite = { kind: "ollama", name: "Ollama", apiKeyVariable: "OLLAMA_API_KEY" } as const

const siteOf = (candidate: Candidate, fetch: typeof globalThis.fetch): Site => {
  const at = { baseUrl: candidate.baseUrl, apiKey: candidate.apiKey, fetch }
  if (candidate.kind === "ollama") return { ...at, ...ollamaSite }
  const { apiKeyVariable, name } = flavors[candidate.kind]
  return { ...at, kind: candidate.kind, name, apiKeyVariable }
}

/** Only of one who was to be Ollama is it news that its front page is another: llama-swap's leads elsewhere. */
const isOllama = (candidate: Candidate, hoped: Site): Effect.Effect<boolean, BackendError> =>
  Ollama.identify(hoped).pipe(
    Effect.catch((error) =>
      candidate.kind === "ollama" || error.fault === "backend_unreachable" ? Effect.fail(error) : Effect.succeed(false)
    )
  )

/** Where something answers on a usual port that does not belong there. */
const stranger = (candidate: Candidate, hoped: Site, found: Exclude<Kind, "embedded">): Probed => {
  const take = `to use it, set INFERNET_BACKEND=${candidate.baseUrl}`
  if (found !== "openai") {
    const name = found === "ollama" ? ollamaSite.name : flavors[found].name
    return missed(`${name} answers where ${hoped.name} is looked for: ${take}`, found)
  }
  return missed(
    `an OpenAI-compatible server of an unknown make answers there; it may be a gateway to a paid account: ${take}`,
    "openai"
  )
}

const explained = (candidate: Candidate, hoped: Site, error: BackendError): string => {
  const named = error.message.includes(hoped.apiKeyVariable)
  if (error.fault === "backend_unreachable" || error.fault === "timeout" || named) return error.message
  if (error.fault === "overloaded") return `${error.message}; it is used as soon as it is ready`
  const advice = candidate.configured ? ": correct the address, or start the server there" : ""
  return `what answers there is no inference server (${error.message})${advice}`
}

/**
 * The backend at this address, or why there is none to use.
 *
 * A server of an unknown make is taken only where the operator named its address: it may be a gateway to somebody's
 * paid account, and serving it to strangers would resell that.
 */
export const probe = Effect.fn("Probe.probe")(
  function* (candidate: Candidate, plan: Plan, fetch: typeof globalThis.fetch) {
    const hoped = siteOf(candidate, fetch)
    const looked = yield* Effect.gen(function* () {
      // Before the model list, which Ollama has too.
      if ((candidate.kind === "ollama" || candidate.configured) && (yield* isOllama(candidate, hoped))) {
        return "ollama" as const
      }
      return candidate.kind === "ollama" && !candidate.configured ? undefined : yield* identify(hoped)
    }).pipe(Effect.timeoutOption(patience))
    if (looked._tag === "None") return missed(`${hoped.name} took more than ${patience} to say what it is`)
    const found = looked.value
    if (found === undefined) return missed(`what answers there is not ${hoped.name}`)
    if (!candidate.configured && found !== candidate.kind) return stranger(candidate, hoped, found)
    if (found === "ollama") {
      return {
        _tag: "Found",
        backend: yield* Ollama.make({ ...hoped, ...ollamaSite }, plan.ollama)
      } satisfies Probed as Probed
    }
    // Told apart by nothing it says, it is what the operator called it.
    const kind = found === "openai" && candidate.kind !== "ollama" ? candidate.kind : found
    const { apiKeyVariable, name } = flavors[kind]
    const key = candidate.kind === "openai" ? hoped.apiKeyVariable : apiKeyVariable
    const backend = yield* OpenAi.make({ ...hoped, kind, name, apiKeyVariable: key }, kind)
    return { _tag: "Found", backend } satisfies Probed as Probed
  },
  (probed, candidate, _plan, fetch) =>
    probed.pipe(
      Effect.catch((error: BackendError) =>
        Effect.gen(function* () {
          // On the usual ports nothing, or something else, is the normal case.
          const quiet = !candidate.configured || error.fault === "backend_unreachable"
          const log = quiet ? Effect.logDebug : Effect.logWarning
          yield* log("no backend there", { address: candidate.baseUrl, reason: error.message })
          return missed(explained(candidate, siteOf(candidate, fetch), error))
        })
      )
    )
)
