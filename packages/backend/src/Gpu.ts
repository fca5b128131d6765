/**
 * This machine's GPUs, read through whichever vendor's tool is installed: one process a reading, and never two at once.
 *
 * ```
 *   looking ──a tool lists GPUs──▶ reading ──the tool hangs──▶ reading, with what does not change
 *      ├──tools, but no GPU: a driver that is not up yet──▶ looking again after a minute
 *      └──no tools──▶ none, for good: drivers are installed by people who restart things
 * ```
 */
import type { GpuReading } from "@infernet/contract/Node"
import { Clock, Effect } from "effect"
import * as amd from "./gpu/amd.ts"
import * as apple from "./gpu/apple.ts"
import * as nvidia from "./gpu/nvidia.ts"
import * as nvidiaMig from "./gpu/nvidiaMig.ts"
import * as tool from "./gpu/tool.ts"

const lookAgainMillis = 60_000

type Gpus = ReadonlyArray<GpuReading>

/** A tool's command, and how its answer is read. */
interface Way {
  readonly command: tool.Command
  readonly parse: (text: string) => Gpus
}

/** `amd-smi` tells names and numbers apart; the names are asked for once. */
const amdWay = (names: string): Way => ({ command: amd.amdMetricCommand, parse: (text) => amd.parseAmd(names, text) })

/** What stays true of a GPU while nobody can ask it. */
const standing = ({ driver, index, memory_total_bytes, name, vendor }: GpuReading): GpuReading => ({
  index,
  vendor,
  name,
  memory_total_bytes,
  ...(driver !== undefined && { driver })
})

export const reader = Effect.fnUntraced(function* (platform: NodeJS.Platform, systemMemoryBytes: number) {
  const run = yield* tool.make
  let way: Way | undefined
  let last: Gpus = []
  /** `undefined` is never. */
  let lookAt: number | undefined = 0

  const nvidiaWay: Way = { command: nvidia.command, parse: (text) => nvidia.parse(text, systemMemoryBytes) }
  const migWay: Way = { command: nvidiaMig.command, parse: nvidiaMig.parse }
  const rocmWay: Way = { command: amd.rocmCommand, parse: amd.parseRocm }
  const appleWay: Way = { command: apple.command, parse: (text) => apple.parse(text, systemMemoryBytes) }

  /** The first of these that lists GPUs is the way from now on. */
  const candidates: ReadonlyArray<{
    readonly command: tool.Command
    readonly ways: (text: string) => ReadonlyArray<Way>
  }> =
    platform === "darwin"
      ? [{ command: appleWay.command, ways: () => [appleWay] }]
      : [
          { command: nvidia.command, ways: (text) => (nvidia.mayBeSplit(text) ? [migWay, nvidiaWay] : [nvidiaWay]) },
          { command: rocmWay.command, ways: () => [rocmWay] },
          { command: amd.amdStaticCommand, ways: (names) => [amdWay(names)] }
        ]

  const look = Effect.gen(function* () {
    let installed = false
    for (const { command, ways } of candidates) {
      const first = yield* run(command)
      if (first._tag !== "absent") installed = true
      if (first._tag !== "text") continue
      for (const candidate of ways(first.text)) {
        const printed = candidate.command === command ? first : yield* run(candidate.command)
        const gpus = printed._tag === "text" ? candidate.parse(printed.text) : []
        if (gpus.length === 0) continue
        way = candidate
        return gpus
      }
    }
    lookAt = installed ? (yield* Clock.currentTimeMillis) + lookAgainMillis : undefined
    return []
  })

  return Effect.gen(function* () {
    if (way === undefined) {
      if (lookAt === undefined || (yield* Clock.currentTimeMillis) < lookAt) return []
      last = yield* look
      return last
    }
    const printed = yield* run(way.command)
    last = printed._tag === "text" ? way.parse(printed.text) : printed._tag === "hung" ? last.map(standing) : []
    return last
  })
})
