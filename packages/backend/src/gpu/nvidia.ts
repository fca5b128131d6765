/** What `nvidia-smi` prints for our query, as readings. */
import type { GpuReading } from "@infernet/contract/Node"

export const command = [
  "nvidia-smi",
  "--query-gpu=index,name,memory.total,memory.used,utilization.gpu,temperature.gpu,driver_version",
  "--format=csv,noheader,nounits"
] as const

/** "[N/A]", "[Not Supported]" and "[Unknown Error]" are absent, which is not 0. */
const number = (field: string | undefined): number | undefined =>
  field !== undefined && /^\d+(\.\d+)?$/.test(field) ? Number(field) : undefined

const mebibytes = (field: string | undefined): number | undefined => {
  const value = number(field)
  return value === undefined ? undefined : Math.round(value * 2 ** 20)
}

/**
 * One line a GPU. One that shares the machine's memory tells no total of its own and gets the machine's; one that is
 * split by MIG tells no utilization.
 */
export const parse = (text: string, systemMemoryBytes: number): ReadonlyArray<GpuReading> =>
  text.split("\n").flatMap((line): ReadonlyArray<GpuReading> => {
    const [index, name, total, used, utilization, temperature, driver] = line.split(",").map((field) => field.trim())
    const at = number(index)
    if (at === undefined || name === undefined || driver === undefined) return []
    const usedBytes = mebibytes(used)
    const percent = number(utilization)
    const degrees = number(temperature)
    return [
      {
        index: at,
        vendor: "nvidia",
        name: name.slice(0, 256),
        memory_total_bytes: mebibytes(total) ?? systemMemoryBytes,
        ...(usedBytes !== undefined && { memory_used_bytes: usedBytes }),
        ...(percent !== undefined && { utilization: Math.min(1, percent / 100) }),
        ...(degrees !== undefined && { temperature_celsius: degrees }),
        ...(number(driver.split(".")[0]) !== undefined && { driver: driver.slice(0, 256) })
      }
    ]
  })
