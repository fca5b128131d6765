/** Where settings come from: `config.json` in the home, over it the environment, over both the flags. */
import * as refused from "@infernet/platform/refused"
import { Config, ConfigProvider, Effect, FileSystem, Layer } from "effect"
import { homedir } from "node:os"
import { dirname, join } from "node:path"
import { ConfigFileError, type Contents, type Json, none, read } from "./contents.ts"
import { find } from "./known.ts"

export { ConfigFileError, type Contents, read }

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
    // Half a draft on a full disk helps nobody.
    Effect.onError(() => Effect.ignore(fs.remove(draft, { force: true }))),
    Effect.mapError((error) => new ConfigFileError({ path, reason: `cannot be written: ${refused.why(error)}` }))
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
