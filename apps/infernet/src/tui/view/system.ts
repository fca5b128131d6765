/** The machine: processor, memory and GPUs, each as a bar. */
import { bytesOf } from "@infernet/backend/install/bytes"
import type { GpuReading } from "@infernet/contract/Node"
import type { State, SystemReading } from "../State.ts"
import { clean, cut, joinFitting, pad } from "../text.ts"
import type { Theme } from "../theme.ts"
import { bar, fill, ofTotal, percent } from "./bars.ts"
import { first, type Look, type Panel } from "./look.ts"

const barWidth = { least: 6, most: 40 }

interface Gauge {
  readonly label: string
  /** 0 to 1; without it there is no bar. */
  readonly share: number | undefined
  readonly fact: string
  /** Facts below each other begin in one column. */
  readonly factWidth: number
  readonly draw: typeof bar
}

/** A label, a bar and a fact, filled up to so many columns. */
const gauge = (theme: Theme, { draw, fact, factWidth, label, share }: Gauge, width: number): string => {
  const room = Math.min(barWidth.most, width - label.length - factWidth - 2)
  if (room < barWidth.least || share === undefined) return pad(`${label} ${fact}`, width)
  return pad(`${label} ${draw(theme, share, room)} ${fact}`, width)
}

const systemLine = (theme: Theme, reading: SystemReading, width: number): string => {
  const { cpuCores, cpuUse, memoryTotal, memoryUsed } = reading
  const half = Math.floor((width - 2) / 2)
  const cpu = cpuUse === undefined ? `${cpuCores} cores` : `${percent(cpuUse)} of ${cpuCores} cores`
  const left = gauge(theme, { label: "CPU   ", share: cpuUse, fact: cpu, factWidth: 17, draw: bar }, half)
  const share = memoryTotal === 0 ? undefined : memoryUsed / memoryTotal
  const fact = ofTotal(memoryUsed, memoryTotal)
  return `${left}  ${gauge(theme, { label: "memory", share, fact, factWidth: 17, draw: fill }, half)}`
}

/** The vendor is told by the model's own name. */
const gpuName = ({ index, name }: GpuReading): string => `GPU ${index} ${clean(name).replace(/^NVIDIA /, "")}`

/** Bars of one colour: a backend that has taken all of a GPU's memory is as it should be. */
const gpuLine = (theme: Theme, gpu: GpuReading, width: number): string => {
  const { memory_total_bytes: total, memory_used_bytes: used, temperature_celsius: heat, utilization } = gpu
  const nameWidth = Math.min(28, Math.max(14, Math.floor(width / 5)))
  const memoryWidth = Math.ceil((width - nameWidth - 1) * 0.6)
  const memory = gauge(
    theme,
    {
      label: "memory",
      share: used === undefined ? undefined : used / Math.max(1, total),
      fact: used === undefined ? bytesOf(total) : ofTotal(used, total),
      factWidth: 17,
      draw: bar
    },
    memoryWidth
  )
  const facts = [
    utilization === undefined ? "" : percent(utilization),
    heat === undefined ? "" : `${Math.round(heat)} °C`
  ]
  const use = gauge(
    theme,
    { label: "use", share: utilization, fact: facts.filter((fact) => fact !== "").join(" "), factWidth: 12, draw: bar },
    width - nameWidth - memoryWidth - 2
  )
  const has = utilization !== undefined || heat !== undefined
  return joinFitting([pad(cut(gpuName(gpu), nameWidth), nameWidth), memory, has ? use : ""], " ", width)
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
