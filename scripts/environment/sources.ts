/** Which variables of the environment the sources read, found by how they are written there. */
import { readFileSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dir, "../..")

export interface Found {
  /** Read by `Config.Redacted`. */
  readonly secret: boolean
  /** What the code itself says counts without it, where it says so in one word. */
  readonly usual: string | undefined
}

/** What ships, and what developers run; of tests only what they read themselves. */
const shipped = ["apps/*/src/**/*.ts", "packages/*/src/**/*.ts"]
const ours = ["scripts/**/*.ts", "bench/**/*.ts", "packages/testing/src/**/*.ts"]
const tests = ["apps/*/test/**/*.ts", "packages/*/test/**/*.ts"]

/**
 * Words written as variables are and that are none here: quantizations of models, PostgreSQL's and SQLite's own names,
 * and what is only passed on to other programs.
 */
const none = /^(?:(?:I|T)?Q\d|MXFP\d|PG_VERSION$|SQLITE_|(?:DY)?LD_LIBRARY_PATH$)/

const quoted = /"([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)+|[a-z]+_proxy)"/g
const accessed = /\b(?:process\.)?env(?:\["([A-Za-z_]\w*)"\]|\.([A-Z]\w*))/g
const configured = /\bConfig\.[A-Z]\w+\(\s*(?:\[[^\]]*\],\s*)?"([A-Z]\w*)"/g

const filesOf = (globs: ReadonlyArray<string>): ReadonlyArray<string> =>
  globs
    .flatMap((glob) => [...new Bun.Glob(glob).scanSync({ cwd: root })])
    // Names of functions of compiled contracts are written in the same way.
    .filter((file) => !file.startsWith("scripts/environment") && !file.includes("/src/contracts/"))
    .sort()

const namesIn = (text: string, patterns: ReadonlyArray<RegExp>): ReadonlyArray<string> =>
  patterns
    .flatMap((pattern) => [...text.matchAll(pattern)].map(([, first, second]) => first ?? second ?? ""))
    .filter((name) => name !== "" && !none.test(name))

/** `Config.withDefault(8192)` right after the name, as people write it. */
const usualOf = (text: string, name: string): string | undefined => {
  const [, value = ""] =
    new RegExp(`"${name}"\\)\\.pipe\\(\\s*Config\\.withDefault\\(((?:[^()]|\\([^()]*\\))*)\\)`).exec(text) ?? []
  if (/^(?:\d+|true|false)$/.test(value)) return value
  const [, string] = /^"([^"]+)"$/.exec(value) ?? []
  const [, unit, amount] = /^Duration\.(\w+)\((\d+)\)$/.exec(value) ?? []
  return string ?? (unit === undefined ? undefined : `${amount} ${unit}`)
}

const scan = (globs: ReadonlyArray<string>, patterns: ReadonlyArray<RegExp>): Map<string, Found> => {
  const found = new Map<string, Found>()
  for (const file of filesOf(globs)) {
    const text = readFileSync(join(root, file), "utf8")
    for (const name of namesIn(text, patterns)) {
      const before = found.get(name)
      found.set(name, {
        secret: before?.secret === true || text.includes(`Config.Redacted("${name}")`),
        usual: before?.usual ?? usualOf(text, name)
      })
    }
  }
  return found
}

/** Every variable that anything here reads. */
export const variables = (): ReadonlyMap<string, Found> =>
  new Map([...scan(tests, [accessed]), ...scan([...shipped, ...ours], [quoted, accessed, configured])])
