/** What AMD's two tools print as JSON, as readings: `rocm-smi` tells all at once, `amd-smi` names and numbers apart. */
import type { GpuReading } from "@infernet/contract/Node"
import { countOf, isRecord, type JsonRecord, parse, recordOf, recordsOf, stringOf } from "../http/json.ts"

export const rocmCommand = [
  "rocm-smi",
  "--showproductname",
  "--showmeminfo",
  "vram",
  "gtt",
  "--showuse",
  "--showtemp",
  "--showdriverversion",
  "--json"
] as const
export const amdStaticCommand = ["amd-smi", "static", "--asic", "--driver", "--vram", "--json"] as const
export const amdMetricCommand = ["amd-smi", "metric", "--usage", "--mem-usage", "--temperature", "--json"] as const

/** Memory of its own (VRAM), or of the machine that it may use as well (GTT). */
interface Pool {
  readonly total: number
  readonly used: number | undefined
}

/** What models are loaded into: one built into the processor has hardly any memory of its own, and uses the machine's. */
const usable = (vram: Pool, gtt: Pool | undefined, integrated: boolean): Pool =>
  integrated && gtt !== undefined && gtt.total > vram.total ? gtt : vram

interface Numbers extends Pool {
  readonly percent: number | undefined
  readonly degrees: number | undefined
}

const whole = (bytes: number): number => Math.max(0, Math.round(bytes))

const reading = (index: number, name: string, driver: string | undefined, numbers: Numbers): GpuReading => ({
  index,
  vendor: "amd",
  name: name.slice(0, 256),
  memory_total_bytes: whole(numbers.total),
  ...(numbers.used !== undefined && { memory_used_bytes: whole(numbers.used) }),
  ...(numbers.percent !== undefined && { utilization: Math.min(1, Math.max(0, numbers.percent) / 100) }),
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

/** Warnings of the tool may stand before its JSON. */
const json = (text: string): unknown => {
  const start = text.search(/^[{[]/m)
  return start === -1 ? undefined : parse(text.slice(start))
}

const rocmPool = (card: JsonRecord, kind: "vram" | "gtt"): Pool | undefined => {
  const total = numeric(field(card, new RegExp(`^${kind} total memory \\(b\\)$`, "i")))
  const used = numeric(field(card, new RegExp(`^${kind} total used memory \\(b\\)$`, "i")))
  return total === undefined ? undefined : { total, used }
}

/** `rocm-smi` does not tell what is built into the processor; so little memory on the only GPU does. */
const carveOutMax = 2 * 2 ** 30

export const parseRocm = (text: string): ReadonlyArray<GpuReading> => {
  const answer = recordOf(json(text))
  const driver = field(recordOf(answer["system"]), /^driver version$/i)
  const cards = Object.entries(answer).filter(([key, card]) => /^card\d+$/.test(key) && isRecord(card))
  return cards.flatMap(([key, value]): ReadonlyArray<GpuReading> => {
    const card = recordOf(value)
    const vram = rocmPool(card, "vram")
    if (vram === undefined) return []
    const names = [/^card series$/i, /^card model$/i, /^device name$/i].flatMap((name) => field(card, name) ?? [])
    return [
      reading(Number(key.slice("card".length)), names[0] ?? "AMD GPU", driver, {
        ...usable(vram, rocmPool(card, "gtt"), cards.length === 1 && vram.total <= carveOutMax),
        percent: numeric(field(card, /^gpu use \(%\)$/i)),
        // The hottest spot where it is told: that is what throttles.
        degrees: numeric(field(card, /sensor junction/i) ?? field(card, /sensor edge/i))
      })
    ]
  })
}

const units: Partial<Record<string, number>> = { B: 1, KB: 2 ** 10, MB: 2 ** 20, GB: 2 ** 30 }

/** `{value, unit}` in newer releases, "16368 MB" in older ones, "N/A" where it is not known. */
const measured = (field: unknown): { readonly value: number; readonly unit: string } | undefined => {
  const [text, unit] =
    typeof field === "string" ? field.split(" ") : [recordOf(field)["value"], recordOf(field)["unit"]]
  const value = typeof text === "string" ? numeric(text) : countOf(text)
  return value === undefined ? undefined : { value, unit: stringOf(unit) ?? "MB" }
}
const value = (field: unknown): number | undefined => measured(field)?.value

const amdBytes = (field: unknown): number | undefined => {
  const amount = measured(field)
  return amount === undefined ? undefined : amount.value * (units[amount.unit] ?? 2 ** 20)
}

const amdPool = (memory: JsonRecord, kind: "vram" | "gtt"): Pool | undefined => {
  const total = amdBytes(memory[`total_${kind}`])
  return total === undefined ? undefined : { total, used: amdBytes(memory[`used_${kind}`]) }
}

/** DDR and LPDDR are the machine's own; GDDR and HBM are a card's. */
const isShared = (vram: JsonRecord): boolean => /^(LP)?DDR/i.test(stringOf(vram["type"]) ?? "")

/** A bare list in older releases, under `gpu_data` in newer ones. */
const gpus = (text: string): ReadonlyArray<JsonRecord> => {
  const answer = json(text)
  return recordsOf(isRecord(answer) ? answer["gpu_data"] : answer)
}

const known = (text: string | undefined): string | undefined => (text === "N/A" ? undefined : text)

export const parseAmd = (staticText: string, metricText: string): ReadonlyArray<GpuReading> => {
  const described = new Map(gpus(staticText).map((gpu) => [gpu["gpu"], gpu]))
  return gpus(metricText).flatMap((gpu): ReadonlyArray<GpuReading> => {
    const index = countOf(gpu["gpu"])
    const memory = recordOf(gpu["mem_usage"])
    const vram = amdPool(memory, "vram")
    if (index === undefined || vram === undefined) return []
    const about = recordOf(described.get(index))
    const temperature = recordOf(gpu["temperature"])
    return [
      reading(
        index,
        known(stringOf(recordOf(about["asic"])["market_name"])) ?? "AMD GPU",
        known(stringOf(recordOf(about["driver"])["version"])),
        {
          ...usable(vram, amdPool(memory, "gtt"), isShared(recordOf(about["vram"]))),
          percent: value(recordOf(gpu["usage"])["gfx_activity"]),
          degrees: value(temperature["hotspot"]) ?? value(temperature["edge"])
        }
      )
    ]
  })
}
