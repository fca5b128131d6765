/** Where to look for backends: the operator's settings over the usual places on loopback. */
import { Config, ConfigProvider, Effect, Option, type Redacted } from "effect"
import { baseUrl, parseAddress } from "./Address.ts"
import { type Kind, kinds } from "./kinds.ts"
import * as OpenAi from "./openai/flavors.ts"
import { matcher } from "./pattern.ts"

/** One address to ask. */
export interface Candidate {
  readonly baseUrl: string
  /** What it is hoped to be; names it until it has said what it is. */
  readonly kind: Exclude<Kind, "embedded">
  /** Configured addresses may be any server; on the usual ports only the one that belongs there is taken. */
  readonly configured: boolean
  readonly apiKey: Redacted.Redacted | undefined
}

export interface Plan {
  readonly candidates: ReadonlyArray<Candidate>
  /** `only`: nothing else is asked; `fallback`: while nothing else answers; `never`: others were asked for by name. */
  readonly embedded: "only" | "fallback" | "never"
  /** The operator's choice of what to advertise, as patterns; empty for all there is. */
  readonly served: ReadonlyArray<string>
  /** Whether a model of this name may be advertised. */
  readonly serves: (model: string) => boolean
  readonly ollama: { readonly contextLength: number; readonly slots: number }
}

interface Place {
  readonly kind: Candidate["kind"]
  /** Each may hold several addresses, separated by commas. */
  readonly variables: ReadonlyArray<string>
  readonly key: string
  readonly ports: ReadonlyArray<number>
}

const places: ReadonlyArray<Place> = [
  { kind: "ollama", variables: ["OLLAMA_HOST"], key: "OLLAMA_API_KEY", ports: [11434] },
  ...OpenAi.kinds
    .filter((kind) => kind !== "openai")
    .map((kind) => ({ kind, key: OpenAi.flavors[kind].apiKeyVariable, ...OpenAi.flavors[kind].place }))
]

const invalid = (variable: string, message: string) =>
  Effect.fail(new Config.ConfigError(new ConfigProvider.SourceError({ message: `${variable}: ${message}` })))

const address = (variable: string, text: string, port: number) => {
  const url = parseAddress(text, port)
  return typeof url === "string" ? invalid(variable, url) : Effect.succeed(baseUrl(url))
}

/** An empty variable counts as none. */
const text = (variable: string) =>
  Config.String(variable).pipe(
    Config.option,
    Config.map((value) => Option.getOrUndefined(value)?.trim() || undefined)
  )

const list = (variable: string) =>
  Config.map(text(variable), (value = "") => value.split(",").flatMap((word) => word.trim() || []))

const key = (variable: string) => Config.Redacted(variable).pipe(Config.option, Config.map(Option.getOrUndefined))

const placed = Effect.fnUntraced(function* ({ key: keyVariable, kind, ports, variables }: Place) {
  const apiKey = yield* key(keyVariable)
  const given = yield* Effect.forEach(variables, (variable) =>
    Effect.flatMap(list(variable), (words) =>
      Effect.forEach(words, (word) => address(variable, word, ports[0] ?? 8080))
    )
  )
  const configured = given.flat().map((baseUrl) => ({ baseUrl, kind, configured: true, apiKey }))
  if (configured.length > 0) return configured
  return ports.map((port) => ({ baseUrl: `http://127.0.0.1:${port}`, kind, configured: false, apiKey }))
})

const backendVariable = "INFERNET_BACKEND"
const isKind = (word: string): word is Kind => kinds.some((kind) => kind === word)
const named = kinds.filter((kind) => kind !== "openai")

/** What a word of `INFERNET_BACKEND` may be. */
export const choices = `one of ${named.join(", ")}, or a base URL`

/** Why a word of `INFERNET_BACKEND` is neither a kind nor an address; nothing where it is one. */
export const slipOf = (word: string): string | undefined => {
  if (named.some((kind) => kind === word)) return undefined
  if (!/[:/]/.test(word)) return `expected ${choices}, not "${word}"`
  const url = parseAddress(word, 8080)
  return typeof url === "string" ? url : undefined
}

/** What one word of `INFERNET_BACKEND` asks for: a kind at its usual places, or an address. */
const chosen = Effect.fnUntraced(function* (word: string) {
  if (word === "embedded") return []
  if (isKind(word) && word !== "openai") {
    const found = yield* Effect.forEach(
      places.filter(({ kind }) => kind === word),
      placed
    )
    return found.flat()
  }
  const slip = slipOf(word)
  if (slip !== undefined) return yield* invalid(backendVariable, slip)
  const apiKey = yield* key("INFERNET_BACKEND_API_KEY")
  const candidate: Candidate = {
    baseUrl: yield* address(backendVariable, word, 8080),
    kind: "openai",
    configured: true,
    apiKey
  }
  return [candidate]
})

/** No operator has more, and a heartbeat holds no more. */
const candidatesAllowed = 64

const distinct = (candidates: ReadonlyArray<Candidate>): ReadonlyArray<Candidate> => [
  ...new Map(candidates.map((one) => [`${one.kind} ${one.baseUrl}`, one])).values()
]

/**
 * Reads the plan from `INFERNET_BACKEND` (kinds, base URLs or `embedded`, separated by commas), `OLLAMA_HOST`,
 * `VLLM_HOST`, `VLLM_INSTANCES`, `SGLANG_HOST`, `MODULAR_MAX_HOST`, `LLAMACPP_HOST`, `LLAMASWAP_HOST` (one address or
 * several, separated by commas), their `…_API_KEY`, and `INFERNET_SERVED_MODELS` (names or patterns with `*`).
 */
export const plan: Effect.Effect<Plan, Config.ConfigError> = Effect.gen(function* () {
  const ollama = yield* Config.all({
    contextLength: Config.Int("OLLAMA_CONTEXT_LENGTH").pipe(Config.withDefault(8192)),
    slots: Config.Int("OLLAMA_NUM_PARALLEL").pipe(
      Config.withDefault(1),
      // 0 is Ollama's word for "decide yourself".
      Config.map((slots) => Math.max(1, slots))
    )
  })
  const words = yield* list(backendVariable)
  const found = words.length > 0 ? yield* Effect.forEach(words, chosen) : yield* Effect.forEach(places, placed)
  const candidates = distinct(found.flat())
  if (candidates.length > candidatesAllowed) {
    return yield* invalid(backendVariable, `${candidates.length} addresses are more than ${candidatesAllowed}`)
  }
  const embedded = words.length === 0 ? "fallback" : words.includes("embedded") ? "only" : "never"
  const served = yield* list("INFERNET_SERVED_MODELS")
  return {
    candidates,
    embedded: embedded === "only" && words.length > 1 ? "fallback" : embedded,
    served,
    serves: served.length === 0 ? () => true : matcher(served),
    ollama
  }
})
