/**
 * Fills `dist` with the package as it is published: a file an entry, declarations, README and licence. `npm publish dist`.
 *
 * The contract travels inside: its code in `effect.js`, its types beside ours. The plain entry has nothing of `effect`.
 */
import { cpSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { dirname, join, relative } from "node:path"

const here = join(import.meta.dir, "..")
const root = join(here, "..", "..")

const bundle = async (name: string, dist: string) => {
  const { logs, metafile, success } = await Bun.build({
    entrypoints: [join(here, "src", `${name}.ts`)],
    outdir: dist,
    naming: `${name}.js`,
    target: "browser",
    format: "esm",
    external: ["effect", "effect/*"],
    metafile: true,
    // Whoever bundles it minifies the rest; names stay for the traces in somebody's log.
    minify: { syntax: true, whitespace: false, identifiers: false }
  })
  for (const log of logs) process.stderr.write(`${String(log)}\n`)
  if (!success || metafile === undefined) throw new Error(`src/${name}.ts cannot be bundled`)
  return metafile
}

/** Declarations lie as the sources do, below `types`: what was imported by a package's name is imported by its place. */
const declarations = async (dist: string) => {
  const place = mkdtempSync(join(tmpdir(), "infernet-sdk-types-"))
  const types = join(dist, "types")
  try {
    const config = join(place, "tsconfig.json")
    const compilerOptions = {
      noEmit: false,
      declaration: true,
      emitDeclarationOnly: true,
      outDir: types,
      rootDir: join(root, "packages"),
      typeRoots: [join(root, "node_modules", "@types"), join(root, "node_modules")],
      // Found through `node_modules` it would count as a library, of which nothing is written.
      paths: { "@infernet/contract/*": [join(root, "packages/contract/src/*.ts")] },
      plugins: []
    }
    const files = ["index", "effect"].map((name) => join(here, "src", `${name}.ts`))
    writeFileSync(config, JSON.stringify({ extends: join(root, "tsconfig.json"), compilerOptions, files, include: [] }))
    const tsc = Bun.spawn([join(root, "node_modules/.bin/tsc"), "-p", config], { stdout: "pipe", stderr: "inherit" })
    const said = await new Response(tsc.stdout).text()
    if ((await tsc.exited) !== 0) throw new Error(`the declarations cannot be written:\n${said}`)
  } finally {
    rmSync(place, { recursive: true, force: true })
  }
  for (const name of readdirSync(types, { recursive: true, encoding: "utf8" })) {
    if (!name.endsWith(".d.ts")) continue
    const file = join(types, name)
    const towards = relative(dirname(file), join(types, "contract", "src")).replaceAll("\\", "/")
    const text = readFileSync(file, "utf8")
      .replace(
        /"@infernet\/contract\/([\w/]+)"/g,
        (_, path) => `"${towards.startsWith(".") ? "" : "./"}${towards}/${path}.js"`
      )
      .replace(/"(\.{1,2}\/[^"]+)\.ts"/g, '"$1.js"')
    writeFileSync(file, text)
  }
}

const entry = (file: string) => ({ types: `./types/sdk/src/${file}.d.ts`, default: `./${file}.js` })

const manifest = () => {
  const { description, license, name, type, version } = JSON.parse(readFileSync(join(here, "package.json"), "utf8"))
  const { catalog } = JSON.parse(readFileSync(join(root, "package.json"), "utf8")).workspaces
  return {
    name,
    version,
    description,
    license,
    keywords: ["infernet", "llm", "inference", "chat", "streaming", "effect"],
    type,
    sideEffects: false,
    exports: { ".": entry("index"), "./effect": entry("effect"), "./package.json": "./package.json" },
    files: ["*.js", "types"],
    // Much of what the Effect entry stands on may change with a minor version.
    peerDependencies: { effect: `~${catalog.effect}` },
    peerDependenciesMeta: { effect: { optional: true } }
  }
}

/** Fills a folder, whatever it held. Gives what went into each entry. */
export const buildInto = async (dist: string) => {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  const [index, effect] = [await bundle("index", dist), await bundle("effect", dist)]
  await declarations(dist)
  writeFileSync(join(dist, "package.json"), `${JSON.stringify(manifest(), null, 2)}\n`)
  cpSync(join(here, "README.md"), join(dist, "README.md"))
  cpSync(join(root, "LICENSE"), join(dist, "LICENSE"))
  return { index, effect }
}

if (import.meta.main) await buildInto(join(here, "dist"))
