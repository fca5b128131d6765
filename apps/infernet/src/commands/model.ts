/** `infernet model …`: the models that are online. */
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as models from "../client/models.ts"
import * as Target from "../client/Target.ts"
import * as options from "../settings/options.ts"
import { plain, table } from "../terminal/style.ts"

const number = (value: number | null, digits: number, unit: string): string =>
  value === null ? "–" : `${value.toFixed(digits)}${unit}`

const list = Command.make(
  "list",
  { json: options.json, controlPlane: options.controlPlaneFlag("Ask this network instead of the one here") },
  Effect.fn(function* ({ controlPlane, json }) {
    const target = yield* Target.find(controlPlane)
    const offered = yield* models.list(target)
    if (json) return yield* Console.log(JSON.stringify(offered))
    if (offered.length === 0) return yield* Console.log("No model is online: no node with a backend is connected.")
    const rows = offered.map((model) => [
      plain(model.id),
      String(model.nodes),
      number(model.context_length, 0, ""),
      number(model.avg_tokens_per_second, 0, "/s"),
      number(model.ttft_ms_p50, 0, " ms"),
      model.capabilities.join(" ") + (model.demo ? " (demo)" : "")
    ])
    yield* Console.log(table([["MODEL", "NODES", "CONTEXT", "TOKENS", "FIRST", "CAN"], ...rows]))
  })
).pipe(Command.withDescription("List the models that are online, with speeds of the last hour."))

export const model = Command.make("model").pipe(
  Command.withDescription("Models on the network"),
  Command.withSubcommands([list])
)
