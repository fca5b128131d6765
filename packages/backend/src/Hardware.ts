/** This machine as its node describes it: processor, memory, GPUs. */
import { availableParallelism, cpus, freemem, loadavg, totalmem } from "node:os"
import type { Hardware } from "@infernet/contract/Node"
import { Context, Effect, Layer } from "effect"
import type { ChildProcessSpawner } from "effect/process"
import * as Gpu from "./Gpu.ts"

export class HardwareReadings extends Context.Service<
  HardwareReadings,
  {
    /** Not older than ten seconds, so asking often starts no more processes; the first looks for the GPUs. */
    readonly read: Effect.Effect<typeof Hardware.Type>
  }
>()("@infernet/backend/HardwareReadings") {
  static readonly layer: Layer.Layer<HardwareReadings, never, ChildProcessSpawner.ChildProcessSpawner> = Layer.effect(
    HardwareReadings,
    Effect.gen(function* () {
      const gpus = yield* Gpu.reader(process.platform, totalmem())
      const read = Effect.map(gpus, (gpus) => ({
        cpu_model: (cpus()[0]?.model.trim() || "unknown").slice(0, 256),
        cpu_cores: availableParallelism(),
        load_average: loadavg()[0] ?? 0,
        memory_total_bytes: totalmem(),
        memory_free_bytes: freemem(),
        gpus: gpus.slice(0, 64)
      }))
      return HardwareReadings.of({ read: yield* Effect.cachedWithTTL(read, "10 seconds") })
    })
  )

  /** A machine that does not change. */
  static readonly layerTest = (hardware: typeof Hardware.Type) =>
    Layer.succeed(HardwareReadings, { read: Effect.succeed(hardware) })
}
