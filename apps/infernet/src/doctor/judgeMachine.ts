/** Disk, memory and GPUs, judged: none of them stops a node, so none of them fails. */
import { bytesOf } from "@infernet/backend/install/bytes"
import { of, type Finding } from "./Finding.ts"
import type { Situation } from "./Situation.ts"

const gigabyte = 1e9
const leastDisk = 20 * gigabyte
/** What a small model takes with its context, and the system beside it. */
const leastMemory = 4 * gigabyte
/** More than this of a GPU's memory in use leaves no room for another chat. */
const fullShare = 0.97

const diskOf = ({ diskFreeBytes, home: { root } }: Situation): Finding => {
  const { ok, warn } = of("disk")
  if (diskFreeBytes._tag === "Unknown") return warn(diskFreeBytes.why, `look at the disk of ${root}`)
  const text = `${bytesOf(diskFreeBytes.value)} free`
  return diskFreeBytes.value >= leastDisk ? ok(text) : warn(`${text}, less than 20 GB`, "infernet model remove <name>")
}

const memoryOf = ({ hardware: { memory_total_bytes } }: Situation): Finding => {
  const { ok, warn } = of("memory")
  const text = bytesOf(memory_total_bytes)
  return memory_total_bytes >= leastMemory
    ? ok(text)
    : warn(`${text}, little for any model`, "use a machine with 4 GB or more")
}

const tools = {
  nvidia: ["NVIDIA", "install NVIDIA's driver, which brings nvidia-smi"],
  amd: ["AMD", "install ROCm, which brings rocm-smi"]
} as const

const driverOf = ({ graphics: { onBus }, hardware: { gpus } }: Situation): Finding => {
  const { ok, warn } = of("GPU driver")
  const silent = onBus.find((vendor) => gpus.every((gpu) => gpu.vendor !== vendor))
  if (silent !== undefined) {
    const [name, advice] = tools[silent]
    return warn(`an ${name} GPU is there, but its tool does not tell of it`, advice)
  }
  const [gpu] = gpus
  if (gpu === undefined) return ok("no GPU here: models run on the processor")
  const count = gpus.length > 1 ? `${gpus.length} × ` : ""
  return ok(`${count}${gpu.name}${gpu.driver === undefined ? "" : `, driver ${gpu.driver}`}`)
}

const cudaOf = ({ graphics: { cuda }, hardware: { gpus } }: Situation): ReadonlyArray<Finding> => {
  const { ok, warn } = of("CUDA")
  if (gpus.every(({ vendor }) => vendor !== "nvidia")) return []
  return [cuda === undefined ? warn("nvidia-smi tells no version of it", tools.nvidia[1]) : ok(cuda)]
}

const gpuMemoryOf = ({ hardware: { gpus } }: Situation): ReadonlyArray<Finding> => {
  const { ok, warn } = of("GPU memory")
  if (gpus.length === 0) return []
  const total = gpus.reduce((sum, gpu) => sum + gpu.memory_total_bytes, 0)
  const told = gpus.flatMap(({ memory_used_bytes }) => memory_used_bytes ?? [])
  const used = told.reduce((sum, bytes) => sum + bytes, 0)
  if (told.length === 0) return [ok(bytesOf(total))]
  const text = `${bytesOf(used)} of ${bytesOf(total)} in use`
  return [used <= total * fullShare ? ok(text) : warn(text, "look with nvidia-smi or rocm-smi at who uses it")]
}

export const judgeMachine = (situation: Situation): ReadonlyArray<Finding> => [
  diskOf(situation),
  memoryOf(situation),
  driverOf(situation),
  ...cudaOf(situation),
  ...gpuMemoryOf(situation)
]
