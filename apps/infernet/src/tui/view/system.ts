/** The machine: processor, memory and GPUs, each as a bar. */
import type { GpuReading } from "@infernet/contract/Node"
import type { State, SystemReading } from "../State.ts"
import type { Theme } from "../theme.ts"
import { clean, cut, joinFitting, pad } from "../text.ts"
import { bar, ofTotal, percent } from "./bars.ts"
import { first, type Look, type Panel } from "./look.ts"

const labelWidth = 7
const least = 6
const widest = 40

/** A label, a bar and a fact, in so many columns. */
const gauge = (
  theme: Theme,
  label: string,
  share: number | undefined,
  fact: string,
  width: number,
  factWidth: number
) => {
  const barWidth = Math.min(widest, width - label.length - factWidth - 2)
  if (barWidth < least || share === undefined) return pad(`${label} ${fact}`, width)
  return pad(`${label} ${bar(theme, share, barWidth)} ${fact}`, width)
}

const systemLine = (
  theme: Theme,
  { cpuCores, cpuUse, memoryTotal, memoryUsed }: SystemReading,
  width: number
): string => {
  const half = Math.floor((width - 2) / 2)
  const cpu = cpuUse === undefined ? `${cpuCores} cores` : `${percent(cpuUse)} of ${cpuCores} cores`
  const memory = memoryTotal === 0 ? undefined : memoryUsed / memoryTotal
  const left = gauge(theme, pad("CPU", labelWidth), cpuUse, cpu, half, 17)
  return `${left}  ${gauge(theme, pad("memory", labelWidth), memory, ofTotal(memoryUsed, memoryTotal), half, 17)}`
}

/** `NVIDIA` and the like are told by the model's own name. */
const gpuName = ({ index, name }: GpuReading): string => `GPU ${index} ${clean(name).replace(/^NVIDIA /, "")}`

const gpuLine = (theme: Theme, gpu: GpuReading, width: number): string => {
  const heat = gpu.temperature_celsius === undefined ? "" : ` ${Math.round(gpu.temperature_celsius)} °C`
  const nameWidth = Math.min(28, Math.max(14, Math.floor(width / 5)))
  const name = pad(cut(gpuName(gpu), nameWidth), nameWidth)
  const rest = width - nameWidth - 1
  const used = gpu.memory_used_bytes
  const memoryWidth = Math.ceil(rest * 0.6)
  const memory =
    used === undefined
      ? pad(`memory ${ofTotal(0, gpu.memory_total_bytes).replace(/^.* of /, "")}`, memoryWidth)
      : gauge(theme, "memory", used / gpu.memory_total_bytes, ofTotal(used, gpu.memory_total_bytes), memoryWidth, 17)
  const use =
    gpu.utilization === undefined
      ? ""
      : gauge(theme, "use", gpu.utilization, `${percent(gpu.utilization)}${heat}`, rest - memoryWidth - 1, 12)
  return joinFitting([name, memory, use], " ", width)
}

export const system = (look: Look, { parts, system }: State): Panel => {
  const { theme } = look
  const gpus = parts.Gpus?.gpus ?? []
  const lines = 1 + gpus.length
  return {
    title: "System",
    note: parts.Gpus === undefined || gpus.length > 0 ? "" : "no GPU",
    least: Math.min(lines, 3),
    wants: lines,
    draw: (width, height) => [
      system === undefined ? theme.faint("reading…") : systemLine(theme, system, width),
      ...first(look, gpus, height - 1, (gpu) => gpuLine(theme, gpu, width))
    ]
  }
}
