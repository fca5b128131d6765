/** What `nvidia-smi` prints for our query, as readings. */
import type { GpuReading } from "@infernet/contract/Node"

export const command = [
  "nvidia-smi",
  "--query-gpu=index,name,memory.total,memory.used,utilization.gpu,temperature.gpu,driver_version",
  "--format=csv,noheader,nounits"
] as const

/** "[N/A]", "[Not Supported]" and "[Unknown Error]" are absent, which is not 0. */
export const number = (field: string | undefined): number | undefined =>
  field !== undefined && /^\d+(\.\d+)?$/.test(field) ? Number(field) : undefined

/** `nvidia-smi` says MiB or, in older releases, MB, and always means 2^20 bytes. */
export const mebibytes = (field: string | undefined): number | undefined => {
  const value = number(field)
  return value === undefined ? undefined : Math.round(value * 2 ** 20)
}

/** A GPU that shares the machine's memory has none of its own to tell: GB10, Jetson. */
const shares = (total: string | undefined): boolean =>
  total !== undefined && /^\[?(N\/A|Not Supported)\]?$/i.test(total)

const rows = (text: string): ReadonlyArray<ReadonlyArray<string>> =>
  text.split("\n").flatMap((line) => {
    const fields = line.split(",").map((field) => field.trim())
    return fields.length === 7 && number(fields[0]) !== undefined ? [fields] : []
  })

/** Where a GPU is split, its own numbers are withheld; what its parts tell is in the long answer, see `nvidiaMig.ts`. */
export const mayBeSplit = (text: string): boolean =>
  rows(text).some(
    ([, , total, , utilization]) =>
      (number(utilization) === undefined && number(total) !== undefined) || /permission/i.test(total ?? "")
  )

/** One line a GPU. One whose memory cannot be told, because it is lost or not ours to ask, is left out. */
export const parse = (text: string, systemMemoryBytes: number): ReadonlyArray<GpuReading> =>
  rows(text).flatMap(([index, name, total, used, utilization, temperature, driver]): ReadonlyArray<GpuReading> => {
    const memory = mebibytes(total) ?? (shares(total) ? systemMemoryBytes : undefined)
    if (memory === undefined) return []
    const usedBytes = mebibytes(used)
    const percent = number(utilization)
    const degrees = number(temperature)
    return [
      {
        index: Number(index),
        vendor: "nvidia",
        name: (name ?? "NVIDIA GPU").slice(0, 256),
        memory_total_bytes: memory,
        ...(usedBytes !== undefined && { memory_used_bytes: usedBytes }),
        ...(percent !== undefined && { utilization: Math.min(1, percent / 100) }),
        ...(degrees !== undefined && { temperature_celsius: degrees }),
        ...(driver !== undefined && number(driver.split(".")[0]) !== undefined && { driver: driver.slice(0, 256) })
      }
    ]
  })
