/**
 * Fills `apps/infernet/dist` with what the published package holds, `--without-dashboard` if need be. Run by `bun pm pack`
 * there, before it packs.
 */
import { join } from "node:path"
import { bundleInto, root } from "./packaging/bundle.ts"

await bundleInto(join(root, "apps/infernet/dist"), { withDashboard: !process.argv.includes("--without-dashboard") })
