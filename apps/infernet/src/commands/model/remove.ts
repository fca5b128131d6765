/** `infernet model remove …`: deletes one model's files, and nothing else. */
import { bytesOf } from "@infernet/backend/install/bytes"
import { Console, Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import * as Machine from "../../client/Machine.ts"
import type { MachineModels } from "../../client/MachineApi.ts"
import * as options from "../../settings/options.ts"
import { modelName } from "../../settings/values.ts"
import { canAsk, confirm } from "../../terminal/ask.ts"
import { Failure } from "../../terminal/exit.ts"
import { nearest } from "../../terminal/nearest.ts"
import { green, plain, row } from "../../terminal/style.ts"
import { labelOf } from "@infernet/backend/kinds"
import { follow } from "./follow.ts"
import * as remote from "./remote.ts"

const size = (bytes: number | undefined): string => (bytes === undefined ? "" : ` (${bytesOf(bytes)})`)

/** Where it lies, and how large it is. */
const placesOf = ({ files, offers }: MachineModels, name: string): ReadonlyArray<string> => {
  const file = files.find((file) => file.name === name)
  const held = offers.filter(({ backend, id }) => id === name && !(file !== undefined && backend === "embedded"))
  return [
    ...held.map(({ backend, bytes }) => `${labelOf(backend)}${size(bytes)}`),
    ...(file === undefined ? [] : [`the models folder${size(file.bytes)}`])
  ]
}

const unknown = (models: MachineModels, name: string) => {
  const names = [...models.offers.map(({ id }) => id), ...models.files.map(({ name }) => name)]
  const meant = nearest(name, names)
  const hint = meant === undefined ? "see `infernet model list`" : `did you mean ${plain(meant)}?`
  return new Failure({ message: `there is no model ${plain(name)} on this machine: ${hint}` })
}

export const remove = Command.make(
  "remove",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("As `infernet model list` shows it"),
      Argument.filterMap(modelName.parse, () => modelName.expected)
    ),
    ...remote.flags,
    yes: options.yes,
    json: options.json
  },
  Effect.fnUntraced(function* ({ json, name, yes, ...where }) {
    const elsewhere = yield* remote.at(where)
    if (Option.isSome(elsewhere)) return yield* remote.remove(elsewhere.value, { json, name, yes })
    yield* Machine.use((machine) =>
      Effect.gen(function* () {
        const models = yield* machine.models
        const places = placesOf(models, name)
        if (places.length === 0) return yield* unknown(models, name)
        if (!yes) {
          if (!canAsk()) {
            const message = `nobody is there to be asked whether ${plain(name)} may go: add --yes`
            return yield* new Failure({ message, code: 2 })
          }
          if (!(yield* confirm(`Delete ${plain(name)} from ${places.join(" and ")}?`, false))) return
        }
        const model = yield* follow(machine, machine.remove(name), { json, kept: `${plain(name)} is still there` })
        if (!json) yield* Console.log(row("removed", green(plain(model))))
      })
    )
  })
).pipe(
  Command.withShortDescription("Remove a model"),
  Command.withDescription(
    "Delete a model's files from the backends and the folder that have them. It is withdrawn at once and deleted when\n" +
      "  the last chat on it is done. Asks first on a terminal; elsewhere it wants --yes. With --node a node of yours does\n" +
      "  it, wherever it is."
  ),
  Command.withExamples([
    { command: "infernet model remove qwen3:4b", description: "Asks, then deletes it" },
    { command: "infernet model remove qwen3:4b --yes", description: "In a script" },
    { command: "infernet model remove qwen3:4b --node 0x1f3a", description: "From a node of yours elsewhere" }
  ])
)
