/** Where settings come from: `config.json` in the home, over it the environment, over both the flags. */
import { Config, ConfigProvider, Data, Effect, FileSystem, Layer, Option } from "effect"
import { homedir } from "node:os"
import { join } from "node:path"
import { firstSlip, place } from "./jsonPlace.ts"
import * as values from "./values.ts"

/** The configuration file cannot be used. */
export class ConfigFileError extends Data.TaggedError("ConfigFileError")<{
  readonly path: string
  readonly reason: string
}> {
  override get message() {
    return `${this.path}: ${this.reason}`
  }
}

/** Names of the file, the variables that say the same, and what they may be. */
const settings: Readonly<Record<string, readonly [variable: string, value: values.Value<unknown>]>> = {
  port: ["INFERNET_PORT", values.port],
  host: ["INFERNET_HOST", values.text],
  public_url: ["INFERNET_PUBLIC_URL", values.url],
  allowed_hosts: ["INFERNET_ALLOWED_HOSTS", values.text],
  control_plane: ["INFERNET_CONTROL_PLANE", values.url],
  model: ["INFERNET_MODEL", values.text],
  node_name: ["INFERNET_NODE_NAME", values.text],
  log_level: ["INFERNET_LOG_LEVEL", values.logLevel],
  backend: ["INFERNET_BACKEND", values.text],
  served_models: ["INFERNET_SERVED_MODELS", values.text],
  ollama_host: ["OLLAMA_HOST", values.text],
  vllm_host: ["VLLM_HOST", values.text],
  vllm_instances: ["VLLM_INSTANCES", values.text],
  sglang_host: ["SGLANG_HOST", values.text],
  max_host: ["MODULAR_MAX_HOST", values.text],
  llamacpp_host: ["LLAMACPP_HOST", values.text],
  llamaswap_host: ["LLAMASWAP_HOST", values.text],
  database_url: ["DATABASE_URL", values.text]
}

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** A value as a variable would say it: lists are joined by commas. */
const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") ? value.join(",") : undefined
  return typeof value === "string" || typeof value === "number" ? String(value) : undefined
}

const othersMayRead = 0o077

const text = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const [content, { mode }] = yield* Effect.all([fs.readFileString(path), fs.stat(path)])
  return { content, isPrivate: (mode & othersMayRead) === 0 }
})

const parse = (content: string, fail: (reason: string) => ConfigFileError) =>
  Effect.try({
    try: (): unknown => JSON.parse(content),
    catch: () => {
      const slip = firstSlip(content)
      return fail(
        slip === undefined ? "not valid JSON" : `${place(content, slip.offset)}: not JSON: expected ${slip.expected}`
      )
    }
  })

/** The file as variables; none when there is no file. */
const read = Effect.fnUntraced(function* (path: string) {
  const fail = (reason: string) => new ConfigFileError({ path, reason })
  const file = yield* text(path).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.mapError(() => fail("cannot be read: check its owner and mode"))
  )
  if (Option.isNone(file)) return {}
  const { content, isPrivate } = file.value
  const json = yield* parse(content, fail)
  if (!isObject(json)) return yield* fail('expected one object of settings, such as {"port": 8080}')

  const variables: Record<string, string> = {}
  for (const [name, value] of Object.entries(json)) {
    const at = content.indexOf(JSON.stringify(name))
    const where = at === -1 ? "" : `${place(content, at)}: `
    const setting = Object.hasOwn(settings, name) ? settings[name] : undefined
    if (setting === undefined) {
      return yield* fail(`${where}unknown setting "${name}"; there are ${Object.keys(settings).join(", ")}`)
    }
    const [variable, { expected, parse }] = setting
    const given = textOf(value)
    if (given === undefined || Option.isNone(parse(given))) {
      return yield* fail(`${where}"${name}": expected ${expected}, got ${JSON.stringify(value)}`)
    }
    variables[variable] = given
  }
  if ("DATABASE_URL" in variables && !isPrivate) {
    return yield* fail('holds "database_url" and can be read by others: run chmod 600 on it')
  }
  return variables
})

/** Makes the environment, and below it the file, the source of every `Config`. */
export const layer = Layer.unwrap(
  Effect.gen(function* () {
    const home = yield* Config.NonEmptyString("INFERNET_HOME").pipe(Config.withDefault(join(homedir(), ".infernet")))
    const file = ConfigProvider.fromUnknown(yield* read(join(home, "config.json")))
    return ConfigProvider.layer(ConfigProvider.orElse(ConfigProvider.fromEnv(), file))
  })
)
