/** What macOS's registry says of its accelerators, as readings: Apple chips share the machine's memory. */
import type { GpuReading } from "@infernet/contract/Node"

export const command = ["ioreg", "-r", "-d", "1", "-w", "0", "-c", "IOAccelerator"] as const

const match = (text: string, pattern: RegExp): string | undefined => pattern.exec(text)?.[1]

/** One block a GPU, its keys in no order; others than Apple's are passed over, as nothing here can compute on them. */
export const parse = (text: string, systemMemoryBytes: number): ReadonlyArray<GpuReading> =>
  text
    .split(/^\s*\+-o /m)
    .filter((block) => /"model"\s*=\s*<?"Apple/.test(block))
    .map((block, index) => {
      const used = match(block, /"In use system memory"=(\d+)/)
      const percent = match(block, /"Device Utilization %"=(\d+)/)
      return {
        index,
        vendor: "apple" as const,
        name: (match(block, /"model"\s*=\s*<?"([^"]+)"/) ?? "Apple GPU").slice(0, 256),
        memory_total_bytes: systemMemoryBytes,
        ...(used !== undefined && { memory_used_bytes: Number(used) }),
        ...(percent !== undefined && { utilization: Math.min(1, Number(percent) / 100) })
      }
    })
