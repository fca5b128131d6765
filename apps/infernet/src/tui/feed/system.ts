/** Processor and memory of this machine, read here every second. */
import { Effect, Schedule, Stream } from "effect"
import { cpus, freemem, totalmem, type CpuInfo } from "node:os"
import type { News } from "../reduce.ts"
import type { SystemReading } from "../State.ts"

interface Times {
  readonly busy: number
  readonly all: number
}

const timesOf = (cores: ReadonlyArray<CpuInfo>): Times => {
  let busy = 0
  let all = 0
  for (const { times } of cores) {
    const working = times.user + times.nice + times.sys + times.irq
    busy += working
    all += working + times.idle
  }
  return { busy, all }
}

/** The share of the time between two readings in which the cores worked; none when no time went by. */
export const useBetween = (before: Times | undefined, after: Times): number | undefined => {
  if (before === undefined || after.all <= before.all) return undefined
  return Math.min(1, Math.max(0, (after.busy - before.busy) / (after.all - before.all)))
}

export const news: Stream.Stream<News> = Stream.suspend(() => {
  let before: Times | undefined
  const read = Effect.sync((): News => {
    const cores = cpus()
    const now = timesOf(cores)
    const cpuUse = useBetween(before, now)
    before = now
    const [memoryTotal, free] = [totalmem(), freemem()]
    const reading: SystemReading = { cpuCores: cores.length, cpuUse, memoryTotal, memoryUsed: memoryTotal - free }
    return { _tag: "System", reading }
  })
  return Stream.fromEffectSchedule(read, Schedule.spaced("1 second"))
})
