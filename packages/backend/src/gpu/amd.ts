/** What AMD's two tools print as JSON, as readings: `rocm-smi` tells all at once, `amd-smi` names and numbers apart. */
import type { GpuReading } from "@infernet/contract/Node"
import { countOf, isRecord, type JsonRecord, parse, recordOf, recordsOf, stringOf } from "../http/json.ts"

export const rocmCommand = [
  "rocm-smi",
  "--showproductname",
  "--showmeminfo",
  "vram",
  "--showuse",
  "--showtemp",
  "--showdriverversion",
  "--json"
] as const
export const amdStaticCommand = ["amd-smi", "static", "--asic", "--driver", "--json"] as const
export const amdMetricCommand = ["amd-smi", "metric", "--usage", "--mem-usage", "--temperature", "--json"] as const

interface Numbers {
  readonly total: number
  readonly used: number | undefined
  readonly percent: number | undefined
  readonly degrees: number | undefined
}

const reading = (index: number, name: string, driver: string | undefined, numbers: Numbers): GpuReading => ({
  index,
  vendor: "amd",
  name: name.slice(0, 256),
  memory_total_bytes: numbers.total,
  ...(numbers.used !== undefined && { memory_used_bytes: numbers.used }),
  ...(numbers.percent !== undefined && { utilization: Math.min(1, numbers.percent / 100) }),
  ...(numbers.degrees !== undefined && { temperature_celsius: numbers.degrees }),
  ...(driver !== undefined && { driver: driver.slice(0, 256) })
})

/** Numbers come as text; keys change their case between releases. */
const field = (card: JsonRecord, pattern: RegExp): string | undefined => {
  const key = Object.keys(card).find((key) => pattern.test(key))
  const text = key === undefined ? undefined : stringOf(card[key])
  return text === "N/A" ? undefined : text
}
const numeric = (text: string | undefined): number | undefined => {
  const value = text === undefined ? Number.NaN : Number(text)
  return Number.isFinite(value) ? value : undefined
}

export const parseRocm = (text: string): ReadonlyArray<GpuReading> => {
  const answer = recordOf(parse(text))
  const driver = field(recordOf(answer["system"]), /^driver version$/i)
  return Object.entries(answer).flatMap(([key, card]): ReadonlyArray<GpuReading> => {
    const index = /^card(\d+)$/.exec(key)?.[1]
    if (index === undefined || !isRecord(card)) return []
    const total = numeric(field(card, /^vram total memory \(b\)$/i))
    if (total === undefined) return []
    const name = field(card, /^card series$/i) ?? field(card, /^card model$/i) ?? "AMD GPU"
    return [
      reading(Number(index), name, driver, {
        total,
        used: numeric(field(card, /^vram total used memory \(b\)$/i)),
        percent: numeric(field(card, /^gpu use \(%\)$/i)),
        // The hottest spot where it is told: that is what throttles.
        degrees: numeric(field(card, /sensor junction/i) ?? field(card, /sensor edge/i))
      })
    ]
  })
}

const units: Partial<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }

/** `{value, unit}` where known, "N/A" where not. */
const value = (field: unknown): number | undefined => countOf(recordOf(field)["value"])
const bytes = (field: unknown): number | undefined => {
  const amount = value(field)
  return amount === undefined ? undefined : amount * (units[stringOf(recordOf(field)["unit"]) ?? "MB"] ?? 2 ** 20)
}

/** A bare list in older releases, under `gpu_data` in newer ones. */
const gpus = (text: string): ReadonlyArray<JsonRecord> => {
  const answer = parse(text)
  return recordsOf(isRecord(answer) ? answer["gpu_data"] : answer)
}

export const parseAmd = (staticText: string, metricText: string): ReadonlyArray<GpuReading> => {
  const known = new Map(gpus(staticText).map((gpu) => [gpu["gpu"], gpu]))
  return gpus(metricText).flatMap((gpu): ReadonlyArray<GpuReading> => {
    const index = countOf(gpu["gpu"])
    const memory = recordOf(gpu["mem_usage"])
    const total = bytes(memory["total_vram"])
    if (index === undefined || total === undefined) return []
    const about = recordOf(known.get(index))
    const temperature = recordOf(gpu["temperature"])
    return [
      reading(
        index,
        stringOf(recordOf(about["asic"])["market_name"]) ?? "AMD GPU",
        stringOf(recordOf(about["driver"])["version"]),
        {
          total,
          used: bytes(memory["used_vram"]),
          percent: value(recordOf(gpu["usage"])["gfx_activity"]),
          degrees: value(temperature["hotspot"]) ?? value(temperature["edge"])
        }
      )
    ]
  })
}
