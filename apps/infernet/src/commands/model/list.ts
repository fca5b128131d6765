/** `infernet model list`: the models of this machine, and those that are online. */
import { bytesOf } from "@infernet/backend/install/bytes"
import type { ModelView } from "@infernet/contract/api/Network"
import { Console, Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as Machine from "../../client/Machine.ts"
import type { MachineModels } from "../../client/MachineApi.ts"
import * as models from "../../client/models.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { jsonText } from "../../terminal/json.ts"
import { priceCell } from "../../terminal/prices.ts"
import { bold, columnsAfter, dim, fit, plain, table } from "../../terminal/style.ts"
import { labelOf } from "@infernet/backend/kinds"

const number = (value: number | null, digits: number, unit: string): string =>
  value === null ? "–" : `${value.toFixed(digits)}${unit}`

/** Names are cut to what a narrow terminal leaves them. */
const nameWidth = () => Math.max(16, columnsAfter(44))

/** FROM is the lowest price of 1,000 tokens of an answer, where they have one. */
const onNetwork = (offered: ReadonlyArray<ModelView>): string => {
  if (offered.length === 0) return "No model is online: no node with a backend is connected."
  const charges = offered.some(({ price }) => price.input_micros_per_1k > 0n)
  const rows = offered.map((model) => [
    fit(plain(model.id), nameWidth()),
    String(model.nodes),
    ...(charges ? [priceCell(model.lowest_price)] : []),
    number(model.context_length, 0, ""),
    number(model.avg_tokens_per_second, 0, "/s"),
    number(model.ttft_ms_p50, 0, " ms"),
    model.capabilities.join(" ") + (model.demo ? " (demo)" : "")
  ])
  return table([["MODEL", "NODES", ...(charges ? ["FROM"] : []), "CONTEXT", "TOKENS", "FIRST", "CAN"], ...rows])
}

const onMachine = ({ files, offers }: MachineModels): string => {
  const offered = offers.map(({ backend, bytes, context_length, demo, id, state }) => [
    fit(plain(id), nameWidth()),
    labelOf(backend) + (backend === "embedded" ? ", embedded" : ""),
    demo === true ? "demo" : state === "loaded" ? "loaded" : "installed",
    bytes === undefined ? "–" : bytesOf(bytes),
    context_length === undefined ? "–" : String(context_length)
  ])
  const idle = files
    .filter(({ name }) => offers.every(({ id }) => id !== name))
    .map(({ bytes, name }) => [fit(plain(name), nameWidth()), "models folder", "installed", bytesOf(bytes), "–"])
  const rows = [...offered, ...idle]
  if (rows.length === 0) return "None: see `infernet model recommend`."
  return table([["MODEL", "AT", "STATE", "SIZE", "CONTEXT"], ...rows])
}

export const list = Command.make(
  "list",
  { json: options.json, controlPlane: options.controlPlaneFlag("Ask this network instead of the one here") },
  Effect.fn(function* ({ controlPlane, json }) {
    const asking = Effect.flatMap(Target.find(controlPlane), models.list)
    const here = Machine.use((machine) => machine.models)
    // Without a network this machine has models all the same.
    const network = Option.isSome(controlPlane)
      ? Effect.map(asking, (list) => ({ list }))
      : Effect.match(asking, {
          onFailure: ({ message }) => ({ message }),
          onSuccess: (list) => ({ list })
        })
    const [machine, found] = yield* Effect.all([here, network], { concurrency: 2 })
    if (json) return yield* Console.log(jsonText({ machine, network: "list" in found ? found.list : null }))
    yield* Console.log(`${bold("On this machine")}\n${onMachine(machine)}\n`)
    yield* Console.log(`${bold("On the network")}\n${"list" in found ? onNetwork(found.list) : dim(found.message)}`)
  })
).pipe(
  Command.withShortDescription("List models: of this machine, and online"),
  Command.withDescription(
    "List the models of this machine (loaded, or installed and loaded when asked for), and those that are online on the\n" +
      "  network, with speeds of the last hour and, where jobs cost something, from how much on: the lowest price of 1,000\n" +
      "  tokens of an answer."
  ),
  Command.withExamples([
    { command: "infernet model list", description: "Both" },
    { command: "infernet model list --json | jq -r '.network[].id'", description: "For programs" }
  ])
)
