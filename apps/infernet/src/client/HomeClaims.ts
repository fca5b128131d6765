/** The receipts of this home's node, read from its files: also while the node runs, and when it does not. */
import { Claims } from "@infernet/daemon/receipt/Claims"
import { Home } from "@infernet/platform/Home"
import { Effect, Layer } from "effect"
import { join } from "node:path"

export const folder = Effect.map(Home, ({ root }) => join(root, "receipts"))

export const layer = Layer.unwrap(Effect.map(folder, (path) => Claims.layerFolder(path)))
