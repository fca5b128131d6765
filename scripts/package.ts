/** Fills `apps/infernet/dist` with what the published package holds. Run by `bun pm pack` there, before it packs. */
import { join } from "node:path"
import { bundleInto, root } from "./packaging/bundle.ts"

await bundleInto(join(root, "apps/infernet/dist"))
