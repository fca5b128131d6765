import { describe, expect, test } from "bun:test"
import { existsSync, readdirSync, readFileSync } from "node:fs"
import { dirname, join, relative } from "node:path"

const root = join(import.meta.dir, "..", "..", "..")

const everything = [
  "contract",
  "auth",
  "platform",
  "backend",
  "routing",
  "heartbeat",
  "payment",
  "control-plane",
  "daemon",
  "sdk"
]

/** Which packages of ours each part may import. What is not here may import nothing, and be imported by nobody. */
const arrows: Record<string, ReadonlyArray<string>> = {
  "packages/contract": [],
  "packages/auth": ["contract"],
  "packages/platform": [],
  "packages/backend": ["contract", "platform"],
  "packages/routing": ["contract"],
  "packages/heartbeat": ["contract", "auth"],
  "packages/payment": ["contract", "auth", "platform"],
  "packages/control-plane": ["contract", "auth", "routing", "heartbeat", "payment", "platform"],
  "packages/daemon": ["contract", "auth", "backend", "heartbeat", "payment", "platform"],
  "packages/sdk": ["contract"],
  "packages/testing": everything,
  "apps/infernet": everything,
  "apps/dashboard": ["sdk"]
}

/** Parts that run anywhere, a browser and the simulation included: no Bun, no Node, no library but `effect`. */
const pure = new Set(["packages/contract", "packages/routing"])

interface Import {
  readonly file: string
  readonly specifier: string
}

/** Import and export statements, types included; the transpiler would leave those out. */
const statement = /^(?:import|export)\s(?:type\s)?(?:[\w*{}\s,$]*\sfrom\s)?"([^"]+)"/gm

const importsOf = (part: string): ReadonlyArray<Import> =>
  [...new Bun.Glob("src/**/*.{ts,tsx}").scanSync(join(root, part))].flatMap((name) => {
    const file = join(root, part, name)
    const text = readFileSync(file, "utf8")
    const loader = file.endsWith("x") ? "tsx" : "ts"
    const scanned = new Bun.Transpiler({ loader }).scanImports(text.replace(/^#!.*/, "")).map(({ path }) => path)
    // What the transpiler brings to whatever has elements; ours are compiled by another one.
    const dynamic = scanned.filter((path) => loader === "ts" || !/^react(?:\/|$)/.test(path))
    const written = [...text.matchAll(statement)].flatMap(([, specifier]) => specifier ?? [])
    return [...new Set([...written, ...dynamic])].map((specifier) => ({ file, specifier }))
  })

/** The npm package of a specifier: `@scope/name/file` is of `@scope/name`. */
const packageOf = (specifier: string) =>
  specifier
    .split("/")
    .slice(0, specifier.startsWith("@") ? 2 : 1)
    .join("/")

const builtin = (specifier: string) => /^(?:node|bun):|^bun$/.test(specifier)

/** Why a part may not import what it does; empty when it may. */
const objections = (part: string, dependencies: ReadonlyArray<string>, { file, specifier }: Import) => {
  const at = `${relative(root, file)} imports ${specifier}`
  if (specifier.startsWith(".")) {
    return relative(join(root, part), join(dirname(file), specifier)).startsWith("..")
      ? [`${at}: another part's file`]
      : []
  }
  if (builtin(specifier)) return pure.has(part) ? [`${at}: runs anywhere`] : []
  const name = packageOf(specifier)
  const ours = name.startsWith("@infernet/") ? name.slice("@infernet/".length) : undefined
  if (ours === basename(part)) return [`${at}: its own file, by a name`]
  if (ours !== undefined && !(arrows[part] ?? []).includes(ours)) return [`${at}: no such arrow`]
  if (ours === undefined && pure.has(part) && name !== "effect") return [`${at}: runs anywhere`]
  return dependencies.includes(name) ? [] : [`${at}: not in its package.json`]
}

const basename = (part: string) => part.split("/").at(-1) ?? part

const parts = ["packages", "apps"].flatMap((folder) =>
  existsSync(join(root, folder)) ? readdirSync(join(root, folder)).map((name) => `${folder}/${name}`) : []
)

/** An app carries what it imports in its bundle: whoever installs it needs none of that. */
const dependenciesOf = (part: string): ReadonlyArray<string> => {
  const manifest = JSON.parse(readFileSync(join(root, part, "package.json"), "utf8"))
  const { dependencies, devDependencies, optionalDependencies } = manifest
  return Object.keys({ ...dependencies, ...optionalDependencies, ...(part.startsWith("apps/") && devDependencies) })
}

describe("imports follow the arrows of the architecture", () => {
  test("every part has its place in the table", () => {
    expect(parts.filter((part) => !(part in arrows))).toEqual([])
  })

  for (const part of parts) {
    test(part, () => {
      const dependencies = dependenciesOf(part)
      const imports = importsOf(part)
      expect(imports.flatMap((found) => objections(part, dependencies, found))).toEqual([])
    })
  }

  test("the arrows have no way round", () => {
    const below = (part: string, seen: ReadonlyArray<string>): ReadonlyArray<string> =>
      (arrows[part] ?? []).flatMap((name) => {
        const next = `packages/${name}`
        return seen.includes(next) ? [[...seen, next].join(" → ")] : below(next, [...seen, next])
      })
    expect(Object.keys(arrows).flatMap((part) => below(part, [part]))).toEqual([])
  })

  test("a wrong import is seen, of whatever kind", () => {
    const file = join(root, "packages/routing/src/Router.ts")
    const object = (specifier: string) => objections("packages/routing", ["effect"], { file, specifier }).length
    expect(["@infernet/backend/Backend", "node:fs", "@noble/hashes", "../../auth/src/Identity.ts"].map(object)).toEqual(
      [1, 1, 1, 1]
    )
    expect(["effect", "effect/Effect", "./Cost.ts"].map(object)).toEqual([0, 0, 0])
    const source = `import type { A } from "a"\nexport {\n  b\n} from "b"\nimport "c"\nexport const d = "not one"`
    expect([...source.matchAll(statement)].map(([, specifier]) => specifier)).toEqual(["a", "b", "c"])
  })
})
