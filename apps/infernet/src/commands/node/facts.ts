/** A node in words and tables, as wide as the terminal. */
import { bytesOf } from "@infernet/backend/install/bytes"
import { labelOf } from "@infernet/backend/kinds"
import type { NodeDetails } from "@infernet/contract/api/Commands"
import type { BackendReadings, GpuReading, ModelOffer, NodeStatus, NodeView } from "@infernet/contract/Node"
import { DateTime } from "effect"
import { span } from "../../terminal/bar.ts"
import { columnsAfter, fit, fitRow, green, plain, row, table, yellow } from "../../terminal/style.ts"

const statuses: Readonly<Record<NodeStatus, string>> = {
  online: green("online"),
  draining: yellow("draining: it takes no new jobs"),
  pending: yellow("pending: it gets jobs once an administrator has approved it"),
  offline: yellow("offline")
}

const share = (value: number): string => `${Math.round(value * 100)} %`

const agoOf = (now: DateTime.Utc, at: string): string =>
  `${span((DateTime.toEpochMillis(now) - DateTime.toEpochMillis(DateTime.makeUnsafe(at))) / 1000)} ago`

/** What everybody may know. */
export const factsText = (node: NodeView, now: DateTime.Utc): string =>
  [
    row("node", node.id),
    row("name", fitRow(plain(node.name))),
    row("status", statuses[node.status]),
    row("heard of", node.last_heartbeat === null ? "never" : agoOf(now, node.last_heartbeat)),
    row("joined", agoOf(now, node.registered_at)),
    row("version", fitRow(plain(node.version))),
    row("tier", `${node.tier}${node.gpu_vendor === null ? "" : `, ${node.gpu_vendor}`}`),
    row("jobs", `${node.in_flight} running, ${node.slots} at a time`),
    row("models", fitRow(node.models.map(plain).join(", ") || "none"))
  ].join("\n")

const gpuOf = (gpu: GpuReading): string => {
  const { memory_total_bytes: total, memory_used_bytes: used, temperature_celsius: celsius, utilization } = gpu
  const facts = [
    plain(gpu.name),
    used === undefined ? bytesOf(total) : `${bytesOf(used)} of ${bytesOf(total)} used`,
    ...(utilization === undefined ? [] : [`${share(utilization)} busy`]),
    ...(celsius === undefined ? [] : [`${Math.round(celsius)} °C`])
  ]
  return row(`gpu ${gpu.index}`, fitRow(facts.join(", ")))
}

const hardwareRows = ({ hardware }: NodeDetails): ReadonlyArray<string> => {
  if (hardware === null) return [row("machine", "not told yet")]
  const {
    cpu_cores,
    cpu_model,
    gpus,
    load_average: load,
    memory_free_bytes: free,
    memory_total_bytes: total
  } = hardware
  return [
    row(
      "cpu",
      fitRow(`${plain(cpu_model)}, ${cpu_cores} cores${load === undefined ? "" : `, load ${load.toFixed(1)}`}`)
    ),
    row("memory", `${bytesOf(free)} of ${bytesOf(total)} free`),
    ...(gpus.length === 0 ? [row("gpu", "none")] : gpus.map(gpuOf))
  ]
}

const count = (value: number | undefined): string => (value === undefined ? "–" : String(value))

const hitsOf = ({ prefix_hit_tokens: hit, prefix_query_tokens: asked }: BackendReadings): string =>
  hit === undefined || !asked ? "–" : share(Math.min(1, hit / asked))

const backendTable = ({ backends }: NodeDetails): string => {
  if (backends.length === 0) return "No backend answers it."
  const rows = backends.map(({ healthy, kind, readings = {}, version }) => [
    labelOf(kind) + (kind === "embedded" ? ", embedded" : ""),
    fit(plain(version ?? "–"), 12),
    healthy ? "yes" : "no",
    count(readings.running),
    count(readings.waiting),
    count(readings.slots),
    readings.kv_usage === undefined ? "–" : share(readings.kv_usage),
    hitsOf(readings)
  ])
  return table([["BACKEND", "VERSION", "HEALTHY", "RUNNING", "WAITING", "SLOTS", "CACHE", "HITS"], ...rows])
}

/** As much of a digest as a request may name the weights by, where there is room for no more. */
const leastOfDigest = 12
const wholeDigest = 64
/** What stands beside name and digest. */
const taken = 48

const digestOf = ({ digest }: ModelOffer, width: number): string =>
  digest === undefined ? "–" : plain(digest.replace(/^sha256:/, "").slice(0, width))

const modelTable = ({ models }: NodeDetails): string => {
  if (models.length === 0) return "It has no models."
  const longest = Math.max(...models.map(({ id }) => id.length))
  const digestWidth = columnsAfter(taken + longest) >= wholeDigest ? wholeDigest : leastOfDigest
  const nameWidth = Math.max(16, columnsAfter(taken + digestWidth))
  const rows = models.map((model) => [
    fit(plain(model.id), nameWidth),
    labelOf(model.backend),
    model.demo === true ? "demo" : model.state === "loaded" ? "loaded" : "installed",
    model.bytes === undefined ? "–" : bytesOf(model.bytes),
    count(model.context_length),
    digestOf(model, digestWidth)
  ])
  return table([["MODEL", "AT", "STATE", "SIZE", "CONTEXT", "DIGEST"], ...rows])
}

/** What its operator is told besides. */
export const detailsText = (details: NodeDetails): string =>
  [...hardwareRows(details), "", backendTable(details), "", modelTable(details)].join("\n")
