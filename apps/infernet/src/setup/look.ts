/** This machine as a setup finds it, told in a few rows: hardware, backends, and the model that suits it. */
import { HardwareReadings } from "@infernet/backend/Hardware"
import { bytesOf } from "@infernet/backend/install/bytes"
import { roomOf } from "@infernet/backend/install/fit"
import { ModelFiles } from "@infernet/backend/install/ModelFiles"
import { recommend, tierOf } from "@infernet/backend/install/recommend"
import { labelOf } from "@infernet/backend/kinds"
import { Console, Effect, Layer } from "effect"
import type { Machine } from "../client/Machine.ts"
import type { BackendView } from "../client/MachineApi.ts"
import { machineOf } from "../commands/model/recommend.ts"
import { during } from "../terminal/progress.ts"
import { dim, fitRow, plain, row, yellow } from "../terminal/style.ts"

const backendOf = ({ kind, models, version }: BackendView): string => {
  const count = models.length === 1 ? plain(models[0]?.id ?? "") : `${models.length} models`
  return fitRow(`${labelOf(kind)} ${plain(version ?? "")}`.trimEnd() + `: ${count}`)
}

const rows = (label: string, texts: ReadonlyArray<string>) =>
  texts.map((text, index) => row(index === 0 ? label : "", text))

const shown = 3

/** Tells it, and gives the model to install: none where there is one already, or none fits. */
export const look = Effect.fnUntraced(
  function* (machine: Machine) {
    const hardware = yield* (yield* HardwareReadings).read
    const free = yield* Effect.option((yield* ModelFiles).free)
    const backends = yield* during("looking", (seconds) => `for backends (${seconds} s)`)(machine.backends)
    const files = yield* Effect.map(machine.models, ({ files }) => files)
    const used = backends.filter((backend) => backend.used)
    const room = roomOf(hardware, free._tag === "Some" ? free.value : undefined)
    const fitting = recommend(room)
    const lines = [
      row("machine", fitRow(machineOf(hardware))),
      row("tier", tierOf(room.gpuBytes)),
      ...rows("backend", used.length > 0 ? used.map(backendOf) : [`llama.cpp, embedded ${dim("(no other answers)")}`]),
      ...rows(
        "fits",
        fitting.length === 0
          ? [yellow("no model of the library: there is too little memory or disk")]
          : fitting.slice(0, shown).map(({ bytes, model, on }, index) => {
              const note = index === 0 ? ", the best for this machine" : ""
              return `${model.name} ${dim(`(${bytesOf(bytes)}, on the ${on.toUpperCase()}${note})`)}`
            })
      )
    ]
    yield* Console.log(`${lines.join("\n")}\n`)
    const hasModel =
      files.length > 0 ||
      used.some(({ models }) => models.some((model) => model.demo !== true && model.capabilities.includes("chat")))
    return hasModel ? undefined : fitting[0]?.model.name
  },
  Effect.provide(Layer.merge(HardwareReadings.layer, ModelFiles.layer))
)
