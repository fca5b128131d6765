/** Where to look for backends: the operator's settings over the usual places on loopback. */
import { BackendKind } from "@infernet/contract/Node"
import { Config, ConfigProvider, Effect, Option, type Redacted, Schema } from "effect"
import { baseUrl, parseAddress } from "./Address.ts"

/** One address to ask. */
export interface Candidate {
  readonly baseUrl: string
  /** What it is hoped to be; names it until it has said what it is. */
  readonly kind: Exclude<BackendKind, "embedded">
  /** Configured addresses may be any server; on the usual ports only the one that belongs there is taken. */
  readonly configured: boolean
  readonly apiKey: Redacted.Redacted | undefined
}

export interface Plan {
  readonly candidates: ReadonlyArray<Candidate>
  /** `only`: nothing else is asked; `fallback`: while nothing else answers; `never`: others were asked for by name. */
  readonly embedded: "only" | "fallback" | "never"
  readonly ollama: { readonly contextLength: number; readonly slots: number }
}

interface Place {
  readonly kind: Candidate["kind"]
  readonly variable: string | undefined
  readonly key: string
  readonly ports: ReadonlyArray<number>
}

const places: ReadonlyArray<Place> = [
  { kind: "ollama", variable: "OLLAMA_HOST", key: "OLLAMA_API_KEY", ports: [11434] },
  { kind: "vllm", variable: "VLLM_HOST", key: "VLLM_API_KEY", ports: [8000] },
  { kind: "sglang", variable: "SGLANG_HOST", key: "SGLANG_API_KEY", ports: [30000] },
  { kind: "max", variable: "MODULAR_MAX_HOST", key: "MODULAR_MAX_API_KEY", ports: [8000, 8080] },
  { kind: "llamacpp", variable: "LLAMACPP_HOST", key: "LLAMACPP_API_KEY", ports: [8080, 9931] },
  { kind: "llamaswap", variable: undefined, key: "LLAMACPP_API_KEY", ports: [8080] }
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

const key = (variable: string) => Config.Redacted(variable).pipe(Config.option, Config.map(Option.getOrUndefined))

const placed = Effect.fnUntraced(function* ({ key: keyVariable, kind, ports, variable }: Place) {
  const apiKey = yield* key(keyVariable)
  const given = variable === undefined ? undefined : yield* text(variable)
  if (given !== undefined && variable !== undefined) {
    const baseUrl = yield* address(variable, given, ports[0] ?? 8080)
    return [{ baseUrl, kind, configured: true, apiKey }]
  }
  return ports.map((port) => ({ baseUrl: `http://127.0.0.1:${port}`, kind, configured: false, apiKey }))
})

const backendVariable = "INFERNET_BACKEND"
const isKind = Schema.is(BackendKind)

/** What one word of `INFERNET_BACKEND` asks for: a kind at its usual places, or an address. */
const chosen = Effect.fnUntraced(function* (word: string) {
  if (word === "embedded") return []
  if (isKind(word) && word !== "openai") {
    const named = yield* Effect.forEach(
      places.filter(({ kind }) => kind === word),
      placed
    )
    return named.flat()
  }
  if (!/[:/]/.test(word)) {
    const kinds = BackendKind.literals.filter((kind) => kind !== "openai").join(", ")
    return yield* invalid(backendVariable, `expected one of ${kinds}, or a base URL, not "${word}"`)
  }
  const apiKey = yield* key("INFERNET_BACKEND_API_KEY")
  const candidate: Candidate = {
    baseUrl: yield* address(backendVariable, word, 8080),
    kind: "openai",
    configured: true,
    apiKey
  }
  return [candidate]
})

/**
 * Reads the plan from `INFERNET_BACKEND` (kinds, base URLs or `embedded`, separated by commas), `OLLAMA_HOST`,
 * `VLLM_HOST`, `SGLANG_HOST`, `MODULAR_MAX_HOST`, `LLAMACPP_HOST` and their `…_API_KEY`.
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
  const words = ((yield* text(backendVariable)) ?? "").split(",").flatMap((word) => word.trim() || [])
  const found = words.length > 0 ? yield* Effect.forEach(words, chosen) : yield* Effect.forEach(places, placed)
  const embedded = words.length === 0 ? "fallback" : words.includes("embedded") ? "only" : "never"
  return {
    candidates: found.flat(),
    embedded: embedded === "only" && words.length > 1 ? "fallback" : embedded,
    ollama
  }
})
