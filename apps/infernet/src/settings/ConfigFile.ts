/** Where settings come from: `config.json` in the home, over it the environment, over both the flags. */
import { Config, ConfigProvider, Data, Effect, FileSystem, Layer, Option, Schema } from "effect"
import { homedir } from "node:os"
import { join } from "node:path"

/** The configuration file cannot be used. */
export class ConfigFileError extends Data.TaggedError("ConfigFileError")<{
  readonly path: string
  readonly reason: string
}> {
  override get message() {
    return `${this.path}: ${this.reason}`
  }
}

/** Keys of the file, and the variables that say the same. */
const variables = {
  port: "INFERNET_PORT",
  host: "INFERNET_HOST",
  public_url: "INFERNET_PUBLIC_URL",
  allowed_hosts: "INFERNET_ALLOWED_HOSTS",
  control_plane: "INFERNET_CONTROL_PLANE",
  model: "INFERNET_MODEL",
  node_name: "INFERNET_NODE_NAME",
  log_level: "INFERNET_LOG_LEVEL",
  backend: "INFERNET_BACKEND",
  ollama_host: "OLLAMA_HOST",
  vllm_host: "VLLM_HOST",
  sglang_host: "SGLANG_HOST",
  max_host: "MODULAR_MAX_HOST",
  llamacpp_host: "LLAMACPP_HOST",
  database_url: "DATABASE_URL"
} as const

const isKey = (key: string): key is keyof typeof variables => key in variables

const Values = Schema.Record(Schema.String, Schema.Union([Schema.String, Schema.Finite, Schema.Boolean]))

/** `line 3, column 7` of a place in a text. */
const place = (text: string, offset: number): string => {
  const before = text.slice(0, offset).split("\n")
  return `line ${before.length}, column ${(before.at(-1)?.length ?? 0) + 1}`
}

/** Bun's parser tells no place; the slip that hands make most often is looked for. */
const explain = (text: string): string => {
  const trailing = /,\s*[}\]]/.exec(text)
  if (trailing !== null) return `not valid JSON at ${place(text, trailing.index)}: a comma before a closing bracket`
  return "not valid JSON: expected one object of names and values"
}

const read = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const text = yield* fs.readFileString(path).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.mapError(() => new ConfigFileError({ path, reason: "cannot be read: check its owner and mode" }))
  )
  if (Option.isNone(text)) return {}
  const json = yield* Effect.try({
    try: (): unknown => JSON.parse(text.value),
    catch: () => new ConfigFileError({ path, reason: explain(text.value) })
  })
  const values = yield* Effect.mapError(
    Schema.decodeUnknownEffect(Values)(json),
    () => new ConfigFileError({ path, reason: "expected one object whose values are strings, numbers or booleans" })
  )
  const entries: Record<string, string> = {}
  for (const [key, value] of Object.entries(values)) {
    if (!isKey(key)) {
      const keys = Object.keys(variables).join(", ")
      return yield* new ConfigFileError({ path, reason: `unknown setting "${key}"; there are ${keys}` })
    }
    entries[variables[key]] = String(value)
  }
  return entries
})

/** Makes the environment, and below it the file, the source of every `Config`. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const home = yield* Config.NonEmptyString("INFERNET_HOME").pipe(Config.withDefault(join(homedir(), ".infernet")))
    const file = ConfigProvider.fromUnknown(yield* read(join(home, "config.json")))
    return ConfigProvider.layer(ConfigProvider.orElse(ConfigProvider.fromEnv(), file))
  })
)
