/** Which registry this user's npm asks, and how it says who it is: as far as reading a package needs it. */
import { Config, Effect, FileSystem, Option, Redacted } from "effect"
import { homedir } from "node:os"
import { join } from "node:path"

export interface NpmConfig {
  /** Without a slash at its end. */
  readonly registry: string
  readonly authorization: Redacted.Redacted | undefined
}

const usual = "https://registry.npmjs.org"

/** `${NAME}` in a value is the variable's, as npm has it. */
const filled = (text: string, variable: (name: string) => string | undefined): string =>
  text.replace(/\$\{(\w+)\}/g, (whole, name: string) => variable(name) ?? whole)

/** The settings of an `.npmrc`; of one written twice the last counts. */
export const parse = (
  text: string,
  variable: (name: string) => string | undefined = () => undefined
): ReadonlyMap<string, string> =>
  new Map(
    text.split("\n").flatMap((line) => {
      const [, key, value] = /^\s*([^#;=\s][^=]*?)\s*=\s*(.*?)\s*$/.exec(line) ?? []
      return key === undefined || value === undefined ? [] : [[key, filled(value.replace(/^"(.*)"$/, "$1"), variable)]]
    })
  )

/** npm keeps who one is by the registry's address, or that of a folder above it. */
const authorizationOf = (settings: ReadonlyMap<string, string>, registry: string): string | undefined => {
  const { host, pathname } = new URL(registry)
  const parts = pathname.split("/").filter((part) => part !== "")
  for (let length = parts.length; length >= 0; length--) {
    const place = `//${[host, ...parts.slice(0, length)].join("/")}/`
    const token = settings.get(`${place}:_authToken`)
    if (token !== undefined) return `Bearer ${token}`
    const basic = settings.get(`${place}:_auth`)
    if (basic !== undefined) return `Basic ${basic}`
  }
  return undefined
}

const isAddress = (text: string): boolean => /^https?:\/\//i.test(text) && URL.canParse(text)

export const of = (named: string | undefined, settings: ReadonlyMap<string, string>): NpmConfig => {
  const found = [named, settings.get("registry")].find((text) => text !== undefined && isAddress(text)) ?? usual
  const authorization = authorizationOf(settings, found)
  return {
    registry: found.replace(/\/+$/, ""),
    authorization: authorization === undefined ? undefined : Redacted.make(authorization)
  }
}

const variable = (name: string) => Config.option(Config.NonEmptyString(name))

/** The environment's registry, else that of the user's own file. A file that cannot be read says nothing. */
export const read = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const names = ["npm_config_registry", "NPM_CONFIG_REGISTRY"]
  const named = (yield* Effect.forEach(names, variable)).find(Option.isSome)
  const files = (yield* Effect.forEach(["npm_config_userconfig", "NPM_CONFIG_USERCONFIG"], variable)).find(
    Option.isSome
  )
  const path = files?.value ?? join(homedir(), ".npmrc")
  const text = yield* Effect.orElseSucceed(fs.readFileString(path), () => "")
  const references = [...text.matchAll(/\$\{(\w+)\}/g)].map(([, name = ""]) => name)
  const values = new Map<string, string>()
  for (const name of references) {
    const value = yield* variable(name)
    if (Option.isSome(value)) values.set(name, value.value)
  }
  return of(
    named?.value,
    parse(text, (name) => values.get(name))
  )
})
