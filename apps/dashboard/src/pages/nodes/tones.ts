/** How a node is, as a tone. */
import type { Node } from "@infernet/sdk/manage"
import type { Tone } from "../../parts/Status.tsx"

export const tones: Record<Node["status"], Tone> = { online: "good", draining: "info", pending: "warn", offline: "bad" }
