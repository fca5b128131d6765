/** Nodes: as everybody sees them, as their operators do, and what they send themselves. */
import type { Examples } from "./Example.ts"
import { sample } from "./sample.ts"

const own = { id: sample.otherNode }
const command = { ...own, command: sample.command }

const state = {
  version: "1.0.0",
  hardware: {
    cpu_model: "AMD EPYC 9354",
    cpu_cores: 32,
    memory_total_bytes: 137_438_953_472,
    memory_free_bytes: 103_079_215_104,
    gpus: [
      {
        index: 0,
        vendor: "nvidia",
        name: "NVIDIA L40S",
        memory_total_bytes: 48_305_799_168,
        memory_used_bytes: 9_663_676_416,
        utilization: 0.35,
        temperature_celsius: 54
      }
    ]
  },
  backends: [{ kind: "ollama", version: "0.13.0", healthy: true, readings: { running: 1, waiting: 0, slots: 4 } }],
  models: [
    {
      id: "llama3.2:3b",
      backend: "ollama",
      state: "loaded",
      context_length: 131_072,
      quantization: "Q4_K_M",
      capabilities: ["chat", "completion", "tools", "json"],
      slots: 4
    }
  ],
  slots: 4,
  in_flight: 1
}

export const nodes: Examples = {
  "nodes.list": { nodes: {} },
  "nodes.get": { node: { path: { id: sample.node } } },
  "public.nodeStatus": { node: { path: { id: sample.node } } },
  "public.info": { info: {} },
  "public.health": { health: {} },
  "public.ready": { ready: {} },
  "joining.createLinkCode": { code: {} },
  "joining.approveNode": { node: { path: own } },
  "commands.details": { node: { path: own } },
  "commands.issue": {
    library: {
      path: own,
      headers: { "idempotency-key": "evening-1" },
      body: { kind: "model_install", model: "qwen3:4b" }
    },
    file: {
      path: own,
      body: {
        kind: "model_install",
        model: "bartowski/Llama-3.2-1B-Instruct-GGUF",
        file: "Llama-3.2-1B-Instruct-Q4_K_M.gguf",
        sha256: "6f85a640a97cf2bf5b8e764087b1e83da0fdb51d7c9fab7d0fece9385611df83"
      }
    },
    drain: { path: own, body: { kind: "drain" } }
  },
  "commands.list": { page: { path: own, query: { limit: "2" } } },
  "commands.get": { command: { path: command } },
  "commands.cancel": { command: { path: command } },
  "node.register": {
    node: {
      path: own,
      body: { public_key: sample.otherPublicKey, name: "attic", version: "1.0.0", link_code: sample.linkCode }
    }
  },
  "node.heartbeat": { beat: { path: own, body: { public_key: sample.otherPublicKey, state } } },
  "node.report": {
    progress: {
      path: command,
      body: {
        state: "running",
        progress: { phase: "downloading", completed_bytes: 104_857_600, total_bytes: 2_497_293_931 }
      }
    },
    failure: {
      path: command,
      body: { state: "failed", error: "does_not_fit", error_message: "the model needs 2.5 GB, and 1.1 GB are free" }
    }
  },
  "node.receipts": {
    signed: {
      path: own,
      body: {
        signed: [
          {
            bill: sample.otherReceipt,
            cumulative: "1250",
            node_key: sample.otherPublicKey,
            signature: sample.nodeSignature
          }
        ],
        disputes: []
      }
    }
  },
  "node.link": { link: { path: own } },
  "node.leave": { node: { path: own } },
  "rotation.rotate": {
    key: { path: own, body: { public_key: sample.publicKey, replaces: sample.otherPublicKey, stolen: false } }
  }
}
