/** A home in which all is well, to be broken piece by piece. */
import { hardware, offer } from "@infernet/testing/fakes/ScriptedBackends"
import { known, type Situation } from "../../src/doctor/Situation.ts"

export const id = `0x${"a".repeat(40)}`

const gpu = {
  index: 0,
  vendor: "nvidia",
  name: "H200",
  memory_total_bytes: 140e9,
  memory_used_bytes: 10e9,
  driver: "570.1"
} as const

export const well: Situation = {
  version: "1.2.3",
  newest: known("1.2.3"),
  role: "node",
  config: { path: "/h/config.json", exists: true, isPrivate: true, problem: undefined },
  home: { root: "/h", problem: undefined },
  key: { path: "/h/keys/node.key", id, problem: undefined, isChanging: false },
  receipts: known({ total: 0, signed: 0n, late: 0, lateAmount: 0n }),
  url: "https://plane",
  plane: known({ version: "1.2.3", millis: 12, aheadSeconds: 0.2 }),
  node: known({ status: "online", models: ["tiny"] }),
  linked: true,
  waiting: undefined,
  nodesOnline: undefined,
  database: known(undefined),
  backends: known([{ kind: "vllm", address: "x", version: "1", models: [offer("tiny")], used: true, reason: "" }]),
  offers: [offer("tiny")],
  port: { number: 46337, holder: "ours" },
  diskFreeBytes: known(500e9),
  hardware: { ...hardware, memory_total_bytes: 64e9, gpus: [gpu] },
  graphics: { onBus: ["nvidia"], cuda: "12.8" },
  hasApiKey: true
}
