/** This machine's GPUs, read through whichever vendor's tool is installed: at most one process a reading. */
import type { GpuReading } from "@infernet/contract/Node"
import { Effect } from "effect"
import { ChildProcess, ChildProcessSpawner } from "effect/process"
import * as amd from "./gpu/amd.ts"
import * as apple from "./gpu/apple.ts"
import * as nvidia from "./gpu/nvidia.ts"

type Reading = Effect.Effect<ReadonlyArray<GpuReading>>

/** What a tool prints; nothing where it is not installed, fails, or takes more than five seconds (a driver that hangs). */
const run = (command: readonly [string, ...ReadonlyArray<string>]) =>
  Effect.gen(function* () {
    const spawner = yield* ChildProcessSpawner.ChildProcessSpawner
    const [tool, ...args] = command
    return yield* spawner.string(ChildProcess.make(tool, args)).pipe(
      Effect.timeout("5 seconds"),
      Effect.tapError((error) => Effect.logDebug("no GPU reading", { tool, reason: error.message })),
      Effect.orElseSucceed(() => "")
    )
  })

/**
 * How to read the GPUs of this machine from now on, decided once: drivers do not come and go while a process lives.
 *
 * A machine without any is read without starting anything.
 */
export const reader = Effect.fnUntraced(function* (platform: NodeJS.Platform, systemMemoryBytes: number) {
  const context = yield* Effect.context<ChildProcessSpawner.ChildProcessSpawner>()
  const reading = (
    command: readonly [string, ...ReadonlyArray<string>],
    parse: (text: string) => ReadonlyArray<GpuReading>
  ): Reading => run(command).pipe(Effect.map(parse), Effect.provideContext(context))

  const ways: ReadonlyArray<Reading> =
    platform === "darwin"
      ? [reading(apple.command, (text) => apple.parse(text, systemMemoryBytes))]
      : [
          reading(nvidia.command, (text) => nvidia.parse(text, systemMemoryBytes)),
          reading(amd.rocmCommand, amd.parseRocm)
        ]
  for (const way of ways) {
    if ((yield* way).length > 0) return way
  }
  const names = platform === "darwin" ? "" : yield* run(amd.amdStaticCommand)
  if (names !== "") return reading(amd.amdMetricCommand, (text) => amd.parseAmd(names, text))
  return Effect.succeed([])
})
