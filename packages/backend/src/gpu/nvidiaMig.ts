/**
 * GPUs that are split by MIG, from `nvidia-smi`'s long answer: each part is a GPU to whoever runs a model on it.
 *
 * Inside a container the whole GPU's memory is often not ours to ask, and that of our parts is.
 */
import type { GpuReading } from "@infernet/contract/Node"
import { mebibytes, number } from "./nvidia.ts"

/** Some 300 lines of XML a GPU, so only where there is something split. */
export const command = ["nvidia-smi", "-q", "-x"] as const

const inside = (xml: string, tag: string): string | undefined =>
  new RegExp(`<${tag}>\\s*([\\s\\S]*?)\\s*</${tag}>`).exec(xml)?.[1]
const all = (xml: string, tag: string): ReadonlyArray<string> =>
  [...xml.matchAll(new RegExp(`<${tag}[^>]*>([\\s\\S]*?)</${tag}>`, "g"))].flatMap(([, body]) => body ?? [])

/** "40192 MiB", "33 C": the number of it. */
const amount = (text: string | undefined): string | undefined => text?.split(" ")[0]

interface Memory {
  readonly total: number | undefined
  readonly used: number | undefined
}

const memoryOf = (xml: string): Memory => {
  const memory = inside(xml, "fb_memory_usage") ?? ""
  return { total: mebibytes(amount(inside(memory, "total"))), used: mebibytes(amount(inside(memory, "used"))) }
}

type Reading = Omit<GpuReading, "index">

const gpu = (xml: string, driver: string | undefined): ReadonlyArray<Reading> => {
  const parts = all(inside(xml, "mig_devices") ?? "", "mig_device")
  const whole = xml.replace(/<mig_devices>[\s\S]*?<\/mig_devices>/, "")
  const degrees = number(amount(inside(inside(whole, "temperature") ?? "", "gpu_temp")))
  const percent = number(amount(inside(inside(whole, "utilization") ?? "", "gpu_util")))
  const name = inside(whole, "product_name") ?? "NVIDIA GPU"
  const reading = ({ total, used }: Memory, name: string): ReadonlyArray<Reading> =>
    total === undefined
      ? []
      : [
          {
            vendor: "nvidia",
            name: name.slice(0, 256),
            memory_total_bytes: total,
            ...(used !== undefined && { memory_used_bytes: used }),
            // Of the whole, and so of no part.
            ...(percent !== undefined && parts.length === 0 && { utilization: Math.min(1, percent / 100) }),
            ...(degrees !== undefined && { temperature_celsius: degrees }),
            ...(driver !== undefined && { driver: driver.slice(0, 256) })
          }
        ]
  if (inside(whole, "current_mig") !== "Enabled") return reading(memoryOf(whole), name)
  // Split and without parts of ours: nothing can run on it.
  return parts.flatMap((part) => reading(memoryOf(part), `${name} MIG ${inside(part, "index") ?? ""}`.trim()))
}

/** Numbered in the order they are listed: parts have no number among whole GPUs. */
export const parse = (text: string): ReadonlyArray<GpuReading> => {
  const driver = inside(text, "driver_version")
  return all(text, "gpu")
    .flatMap((xml) => gpu(xml, driver))
    .map((reading, index) => ({ index, ...reading }))
}
