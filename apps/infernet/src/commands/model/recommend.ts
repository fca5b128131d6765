/** `infernet model recommend`: what suits this machine, best first. */
import { HardwareReadings } from "@infernet/backend/Hardware"
import { bytesOf } from "@infernet/backend/install/bytes"
import { roomOf } from "@infernet/backend/install/fit"
import { ModelFiles } from "@infernet/backend/install/ModelFiles"
import { recommend as recommended, type Recommendation, tierOf } from "@infernet/backend/install/recommend"
import type { Hardware } from "@infernet/contract/Node"
import { Console, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import * as options from "../../settings/options.ts"
import { Failure } from "../../terminal/exit.ts"
import { bold, fitRow, plain, row, table } from "../../terminal/style.ts"

const commandOf = ({ model }: Recommendation): string => `infernet model install ${model.name}`

const why = ({ on, suits }: Recommendation, isFirst: boolean): string => {
  if (isFirst && suits) return "the best that is fast enough here"
  if (suits) return "smaller and faster"
  return on === "cpu" ? "fits, but answers slowly here" : "fits, with little room to spare"
}

/** Processor, memory and GPUs in a line. */
export const machineOf = ({ cpu_cores, cpu_model, gpus, memory_total_bytes }: typeof Hardware.Type): string => {
  const [gpu] = gpus
  const count = gpus.length > 1 ? `${gpus.length} × ` : ""
  const graphics = gpu === undefined ? "no GPU" : `${count}${gpu.name}, ${bytesOf(gpu.memory_total_bytes)}`
  return plain(`${cpu_model}, ${cpu_cores} cores, ${bytesOf(memory_total_bytes)}; ${graphics}`)
}

const jsonOf = (one: Recommendation) => ({
  model: one.model.name,
  repository: one.model.repository,
  file: one.model.file,
  bytes: one.bytes,
  on: one.on,
  suits: one.suits,
  command: commandOf(one)
})

export const recommend = Command.make(
  "recommend",
  { json: options.json },
  Effect.fnUntraced(
    function* ({ json }) {
      const hardware = yield* (yield* HardwareReadings).read
      const files = yield* ModelFiles
      const free = yield* Effect.mapError(files.free, ({ message }) => new Failure({ message }))
      const room = roomOf(hardware, free)
      const tier = tierOf(room.gpuBytes)
      const found = recommended(room)
      if (json) return yield* Console.log(JSON.stringify({ tier, models: found.map(jsonOf) }))
      yield* Console.log(`${row("machine", fitRow(machineOf(hardware)))}\n${row("tier", tier)}\n`)
      const [best] = found
      if (best === undefined) {
        return yield* Console.log(`No model of the list fits: ${bytesOf(free)} of disk are free.`)
      }
      const rows = found.map((one, index) => [
        one.model.name,
        bytesOf(one.bytes),
        one.on.toUpperCase(),
        why(one, index === 0)
      ])
      yield* Console.log(table([["MODEL", "SIZE", "ON", "WHY"], ...rows]))
      yield* Console.log(`\n  ${bold(commandOf(best))}\n`)
    },
    Effect.provide(Layer.merge(HardwareReadings.layer, ModelFiles.layer))
  )
).pipe(
  Command.withShortDescription("Recommend models for this machine"),
  Command.withDescription(
    "List the models that this machine can hold, best first: those that it also answers with fast enough, the largest\n" +
      "  on top, then larger ones that only fit. Any of them is installed by its name."
  ),
  Command.withExamples([
    { command: "infernet model recommend --json | jq -r '.models[0].command'", description: "The best one" }
  ])
)
