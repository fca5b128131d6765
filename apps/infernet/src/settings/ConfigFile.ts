/** Where settings come from: `config.json` in the home, over it the environment, over both the flags. */
import { Config, ConfigProvider, Data, Effect, FileSystem, Layer, Option } from "effect"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { firstSlip, place } from "./jsonPlace.ts"
import { find, names } from "./known.ts"

/** The configuration file cannot be used. */
export class ConfigFileError extends Data.TaggedError("ConfigFileError")<{
  readonly path: string
  readonly reason: string
}> {
  override get message() {
    return `${this.path}: ${this.reason}`
  }
}

type Json = Readonly<Record<string, unknown>>

/** A file that can be used, or none. */
export interface Contents {
  readonly exists: boolean
  /** Whether its owner alone can read it. */
  readonly isPrivate: boolean
  /** As it is written, by name. */
  readonly json: Json
  /** As a variable would say it, by name. */
  readonly texts: Readonly<Record<string, string>>
}

const none: Contents = { exists: false, isPrivate: true, json: {}, texts: {} }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** A value as a variable would say it: lists are joined by commas. */
const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") ? value.join(",") : undefined
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined
}

const othersMayRead = 0o077

const load = Effect.fnUntraced(function* (path: string) {
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

/** The file, whole and right; nothing where there is none. */
export const read = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<Contents, ConfigFileError, FileSystem.FileSystem> {
  const fail = (reason: string) => new ConfigFileError({ path, reason })
  const file = yield* load(path).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.mapError(() => fail("cannot be read: check its owner and mode"))
  )
  if (Option.isNone(file)) return none
  const { content, isPrivate } = file.value
  const json = yield* parse(content, fail)
  if (!isObject(json)) return yield* fail('expected one object of settings, such as {"port": 8080}')

  const texts: Record<string, string> = {}
  for (const [name, value] of Object.entries(json)) {
    const at = content.indexOf(JSON.stringify(name))
    const where = at === -1 ? "" : `${place(content, at)}: `
    const setting = find(name)
    if (setting === undefined) {
      return yield* fail(`${where}unknown setting "${name}"; there are ${names.join(", ")}`)
    }
    const given = textOf(value)
    if (given === undefined || Option.isNone(setting.value.parse(given))) {
      // A secret of the wrong form is one all the same.
      const shown = setting.secret === true ? "something else" : JSON.stringify(value)
      return yield* fail(`${where}"${name}": expected ${setting.value.expected}, got ${shown}`)
    }
    texts[name] = given
    if (setting.secret === true && !isPrivate) {
      return yield* fail(`holds "${name}" and can be read by others: run chmod 600 on it`)
    }
  }
  return { exists: true, isPrivate, json, texts }
})

/** Puts settings in the file and takes out those that are `undefined`: all of it or, cut short, nothing. */
export const write = Effect.fnUntraced(function* (path: string, changes: Json) {
  const fs = yield* FileSystem.FileSystem
  const { json } = yield* read(path)
  const next = Object.entries({ ...json, ...changes }).filter(([, value]) => value !== undefined)
  const draft = `${path}.new`
  yield* Effect.gen(function* () {
    yield* fs.makeDirectory(dirname(path), { recursive: true, mode: 0o700 })
    // A draft that a killed process left has kept its mode.
    yield* fs.remove(draft, { force: true })
    const file = yield* fs.open(draft, { flag: "wx", mode: 0o600 })
    yield* file.writeAll(new TextEncoder().encode(`${JSON.stringify(Object.fromEntries(next), null, 2)}\n`))
    yield* file.sync
    yield* fs.rename(draft, path)
  }).pipe(
    Effect.scoped,
    Effect.mapError(() => new ConfigFileError({ path, reason: "cannot be written: check the owner of its folder" }))
  )
})

/** The file as variables. */
const variables = (texts: Contents["texts"]) =>
  Object.fromEntries(Object.entries(texts).flatMap(([name, text]) => [[find(name)?.variable ?? name, text]]))

const layerOf = (contents: (path: string) => ReturnType<typeof read>) =>
  Layer.unwrap(
    Effect.gen(function* () {
      const home = yield* Config.NonEmptyString("INFERNET_HOME").pipe(Config.withDefault(join(homedir(), ".infernet")))
      const file = ConfigProvider.fromUnknown(variables((yield* contents(join(home, "config.json"))).texts))
      return ConfigProvider.layer(ConfigProvider.orElse(ConfigProvider.fromEnv(), file))
    })
  )

/** Makes the environment, and below it the file, the source of every `Config`. */
export const layer = layerOf(read)

/** The same for those who tell of the file or mend it: one that cannot be used says nothing. */
export const layerLenient = layerOf((path) => Effect.orElseSucceed(read(path), () => none))
