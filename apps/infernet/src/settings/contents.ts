/** What `config.json` says: whole and right, or why it is not. */
import * as refused from "@infernet/platform/refused"
import { Data, Effect, FileSystem, Option } from "effect"
import { nearest } from "../terminal/nearest.ts"
import { firstSlip, namesIn, place } from "./jsonPlace.ts"
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

/** Settings as they are written, by name. */
export type Json = Readonly<Record<string, unknown>>

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

/** As where there is no file. */
export const none: Contents = { exists: false, isPrivate: true, json: {}, texts: {} }

const isObject = (value: unknown): value is Json => typeof value === "object" && value !== null && !Array.isArray(value)

/** A value as a variable would say it: lists are joined by commas. */
const textOf = (value: unknown): string | undefined => {
  if (Array.isArray(value)) return value.every((item) => typeof item === "string") ? value.join(",") : undefined
  return typeof value === "string" || typeof value === "number" || typeof value === "boolean"
    ? String(value)
    : undefined
}

const othersMayRead = 0o077
/** Far more than all settings take. */
const largest = 1_000_000

type Fail = (reason: string) => ConfigFileError

/** Looked at before it is read: a pipe would be waited for, and anything may be large. */
const load = Effect.fnUntraced(function* (path: string, fail: Fail) {
  const fs = yield* FileSystem.FileSystem
  const { mode, size, type } = yield* fs.stat(path)
  if (type !== "File") return yield* fail(`expected a file of settings, and it is a ${type.toLowerCase()}`)
  if (size > largest) return yield* fail(`too large for a file of settings: ${size} bytes, ${largest} at most`)
  const bytes = yield* fs.readFile(path)
  const content = yield* Effect.try({
    // It leaves out the mark that some editors begin a text with.
    try: () => new TextDecoder("utf-8", { fatal: true }).decode(bytes),
    catch: () => fail("not text in UTF-8: save it as that")
  })
  return { content, isPrivate: (mode & othersMayRead) === 0 }
})

const parse = Effect.fnUntraced(function* (content: string, fail: Fail) {
  if (content.trim() === "") return yield* fail("empty: write {} there, or delete the file")
  const slip = firstSlip(content)
  if (slip !== undefined) {
    return yield* fail(`${place(content, slip.offset)}: not JSON: expected ${slip.expected}`)
  }
  return JSON.parse(content) as unknown
})

/** `nodeName` and `node-name` are slips too. */
const asWritten = (name: string): string =>
  name
    .replaceAll(/(?<=[a-z])[A-Z]/g, (letter) => `_${letter}`)
    .replaceAll("-", "_")
    .toLowerCase()

const unknownSetting = (name: string): string => {
  const meant = nearest(asWritten(name), names)
  const hint = meant === undefined ? "`infernet config list` shows all" : `did you mean "${meant}"?`
  return `unknown setting ${JSON.stringify(name)}: ${hint}`
}

/** The first of the names that stands there a second time: which of the two counts, a reader cannot see. */
const repeated = (content: string) => {
  const seen = new Map<string, number>()
  for (const { name, offset } of namesIn(content)) {
    const before = seen.get(name)
    if (before !== undefined) return { name, offset, before }
    seen.set(name, offset)
  }
  return undefined
}

/** The file, whole and right; nothing where there is none. */
export const read = Effect.fnUntraced(function* (
  path: string
): Effect.fn.Return<Contents, ConfigFileError, FileSystem.FileSystem> {
  const fail = (reason: string) => new ConfigFileError({ path, reason })
  const file = yield* load(path, fail).pipe(
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.catchTag("PlatformError", (error) => Effect.fail(fail(`cannot be read: ${refused.why(error)}`)))
  )
  if (Option.isNone(file)) return none
  const { content, isPrivate } = file.value
  const json = yield* parse(content, fail)
  if (!isObject(json)) return yield* fail('expected one object of settings, such as {"port": 8080}')

  const twice = repeated(content)
  if (twice !== undefined) {
    const { before, name, offset } = twice
    return yield* fail(`${place(content, offset)}: "${name}" is there twice, first at ${place(content, before)}`)
  }
  const texts: Record<string, string> = {}
  for (const { name, offset } of namesIn(content)) {
    const value = json[name]
    const where = `${place(content, offset)}: `
    const setting = find(name)
    if (setting === undefined) return yield* fail(`${where}${unknownSetting(name)}`)
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
