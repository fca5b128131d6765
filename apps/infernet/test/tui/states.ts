/** States of a busy node, as the view draws them. */
import { AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import type { BackendKind, GpuReading, ModelOffer } from "@infernet/contract/Node"
import type { EndedJob, LivePart, RunningJob } from "../../src/client/LiveApi.ts"
import type { BackendView } from "../../src/client/MachineApi.ts"
import { type News, reduce } from "../../src/tui/reduce.ts"
import { initial, type State } from "../../src/tui/State.ts"
import { colored, plain } from "../../src/tui/theme.ts"

/** 14:05:40 on a day in UTC. */
export const now = Date.UTC(2026, 10, 22, 14, 5, 40)

const time = (millis: number): string => new Date(millis).toISOString().slice(11, 19)
export const look = { theme: plain, time }
export const coloredLook = { theme: colored, time }

/** Names as nobody should give them: escapes, a line's end, a change of direction, a thousand marks on a letter. */
export const hostile = `evil\u001b[2J\u001b]0;title\u0007\n\r\t\u202egpj\u200b.e\u0301${"\u0323".repeat(1000)}xe`

const gib = 1024 ** 3
const id = (number: number): string => String(number).padStart(20, "0")

export const gpu = (index: number): GpuReading => ({
  index,
  vendor: "nvidia",
  name: "NVIDIA H200",
  memory_total_bytes: 140 * gib,
  memory_used_bytes: (index === 0 ? 133 : 12) * gib,
  utilization: index === 0 ? 0.87 : 0,
  temperature_celsius: 61
})

export const model = (name: string, state: ModelOffer["state"], backend: BackendKind = "ollama"): ModelOffer => ({
  id: name,
  backend,
  state,
  bytes: 2.5 * gib,
  context_length: 32_768,
  quantization: "Q4_K_M",
  capabilities: ["chat", "tools"],
  slots: 4
})

const backend = (
  kind: BackendKind,
  address: string,
  reason: string,
  models: ReadonlyArray<ModelOffer>
): BackendView => ({
  kind,
  address,
  models,
  used: reason === "",
  reason,
  ...(reason === "" && { version: "0.12.3" })
})

export const running = (number: number, job: Partial<RunningJob> = {}): RunningJob => ({
  attempt: AttemptId.make(`att_${id(number)}`),
  job: JobId.make(`job_${id(number)}`),
  model: "qwen3:4b",
  started_at: now - 12_000,
  first_token_ms: 2_000,
  tokens: 451,
  ...job
})

export const ended = (number: number, job: Partial<EndedJob> = {}): EndedJob => ({
  attempt: AttemptId.make(`att_${id(number)}`),
  job: JobId.make(`job_${id(number)}`),
  model: "qwen3:4b",
  ended_at: now - number * 1000,
  total_ms: 8_310,
  tokens: 1_250,
  tokens_per_second: 151.4,
  ...job
})

export const models = [
  model("qwen3:4b", "loaded"),
  model("日本語モデル:七十億", "loadable"),
  model(hostile, "loadable"),
  model("hf.co/organisation/a-very-long-name-of-a-model-GGUF:Q4_K_M", "loadable")
]

export const parts: ReadonlyArray<LivePart> = [
  {
    _tag: "Node",
    pid: 1,
    version: "0.1.0",
    started_at: now - 3_900_000,
    node: NodeId.make(`0x${"ab".repeat(20)}`),
    control_plane: "https://infernet.example"
  },
  { _tag: "Link", linked: true, heartbeat: { at: now - 12_000, latency_ms: 3.4 }, drained_by: [], draining: false },
  {
    _tag: "Jobs",
    completed: 1_234,
    failed: 2,
    tokens: 90_000,
    running: [running(1), running(2, { started_at: now - 800, first_token_ms: 0, tokens: 0, model: hostile })],
    running_count: 2,
    ended: [
      ended(3),
      ended(4, { fault: { error: "backend_error", message: `out of memory${hostile}` } }),
      ended(5, { fault: { error: "cancelled", message: "" }, tokens: 17 }),
      ...[6, 7, 8, 9, 10, 11].map((number) => ended(number))
    ]
  },
  {
    _tag: "Offer",
    backends: [{ kind: "ollama", healthy: true, readings: { running: 2, waiting: 1, kv_usage: 0.34 } }],
    models
  },
  {
    _tag: "Verdicts",
    backends: [
      backend("vllm", "http://127.0.0.1:8000", "connection refused: nothing listens there", []),
      backend("ollama", "http://127.0.0.1:11434", "", models),
      backend("openai", "http://gpu.example:9000", `answers 404 to /v1/models: ${hostile}`, [model("x", "loaded")])
    ]
  },
  { _tag: "Gpus", gpus: [gpu(0), gpu(1)] },
  {
    _tag: "Installs",
    installs: [
      {
        id: 7,
        model: "qwen3:32b",
        progress: {
          phase: "downloading",
          completed_bytes: 5 * gib,
          total_bytes: 20 * gib,
          bytes_per_second: 100 * 1024 ** 2
        }
      },
      { id: 8, model: hostile }
    ]
  }
]

export const part = (part: LivePart): News => ({ _tag: "Part", part })

export const after = (news: ReadonlyArray<News>, from: State = initial("/home/me/.infernet", now)): State =>
  news.reduce((state, one) => reduce(state, one, now), from)

const lines = Array.from({ length: 40 }, (_, index) => ({
  at: now - (40 - index) * 1000,
  level: index === 38 ? ("warn" as const) : ("info" as const),
  text: index === 39 ? `the last line ${hostile}` : `line ${index} model=qwen3:4b`
}))

/** Everything at once. */
export const busy: State = {
  ...after([
    ...parts.map(part),
    { _tag: "Log", lines },
    {
      _tag: "System",
      reading: { cpuCores: 32, cpuUse: 0.42, memoryTotal: 256 * gib, memoryUsed: 64 * gib }
    }
  ]),
  throughput: Array.from({ length: 200 }, (_, second) => (second % 20) * 10)
}
