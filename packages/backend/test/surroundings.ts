/** What a node's backends need of their machine. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import type { Hardware } from "@infernet/contract/Node"
import { Effect, FileSystem, Layer } from "effect"
import { EngineFiles } from "../src/embedded/EngineFiles.ts"
import { HardwareReadings } from "../src/Hardware.ts"
import { ModelFiles } from "../src/install/ModelFiles.ts"

/** 16 GB of memory, and no GPU. */
export const hardware: typeof Hardware.Type = {
  cpu_model: "a test's",
  cpu_cores: 2,
  memory_total_bytes: 16 * 2 ** 30,
  memory_free_bytes: 8 * 2 ** 30,
  gpus: []
}

/** Its readings, files, the repository's own engine, and a models folder that goes with the test. */
export const surroundings = Layer.unwrap(
  Effect.gen(function* () {
    const fs = yield* FileSystem.FileSystem
    return ModelFiles.at(yield* fs.makeTempDirectoryScoped())
  })
).pipe(
  Layer.provideMerge(
    Layer.mergeAll(HardwareReadings.layerTest(hardware), NodeServices.layer, EngineFiles.layerRepository)
  )
)
