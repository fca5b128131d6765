/** Builds the dashboard into `apps/dashboard/dist`, unless that is newer than all it is built from. */
import { existsSync, readdirSync, statSync } from "node:fs"
import { join } from "node:path"

const root = join(import.meta.dir, "..")
const dashboard = join(root, "apps/dashboard")

/** Milliseconds since 1970 at which the newest of the files below was written. */
const newestIn = (folder: string): number =>
  readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .reduce((newest, { name, parentPath }) => Math.max(newest, statSync(join(parentPath, name)).mtimeMs), 0)

const sources = ["index.html", "package.json", "vite.config.ts", "compress.ts"]
const page = join(dashboard, "dist/index.html")

const isStale = (): boolean => {
  if (!existsSync(page)) return true
  const files = sources.map((name) => statSync(join(dashboard, name)).mtimeMs)
  const folders = [join(dashboard, "src"), join(dashboard, "public"), join(root, "packages/sdk/src")].map(newestIn)
  return statSync(page).mtimeMs < Math.max(...files, ...folders)
}

export const buildDashboard = (): void => {
  if (!isStale()) return
  // Under Bun itself: Vite's own file is for Node, which need not be there.
  const built = Bun.spawnSync([process.execPath, "--bun", "vite", "build", "--logLevel", "warn"], {
    cwd: dashboard,
    stdout: "inherit",
    stderr: "inherit"
  })
  if (!built.success) throw new Error("the dashboard cannot be built: see above")
}

if (import.meta.main) buildDashboard()
