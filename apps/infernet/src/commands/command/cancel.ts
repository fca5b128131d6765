/** `infernet command cancel`: takes a command back that waits, and stops one that runs. */
import { CommandId } from "@infernet/contract/Id"
import { Console, Effect, Option, Schema } from "effect"
import { Argument, Command } from "effect/cli"
import * as commands from "../../client/commands.ts"
import * as nodes from "../../client/nodes.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { Failure } from "../../terminal/exit.ts"
import { plain, row } from "../../terminal/style.ts"
import { keptOf } from "./words.ts"

export const cancel = Command.make(
  "cancel",
  {
    node: Argument.String("node").pipe(Argument.withDescription("Its id, or the beginning of it")),
    command: Argument.String("command").pipe(Argument.withDescription("As `infernet command list` shows it: cmd_…")),
    json: options.json,
    controlPlane: options.controlPlaneFlag("Of this network instead of the one here")
  },
  Effect.fnUntraced(function* ({ command: id, controlPlane, json, node: text }) {
    const known = Schema.decodeUnknownOption(CommandId)(id)
    if (Option.isNone(known)) {
      const message = `${plain(id)} is not a command's id: see \`infernet command list\``
      return yield* new Failure({ message, code: 2 })
    }
    const target = yield* Target.find(controlPlane)
    const node = yield* nodes.find(target, text)
    const command = yield* commands.cancel(target, { id: known.value, node_id: node.id })
    if (json) return yield* Console.log(JSON.stringify(command))
    const { cancelled, kind, state } = command
    if (state === "cancelled") return yield* Console.log(row("cancelled", keptOf(kind)))
    if (cancelled === true && commands.isOpen(state)) return yield* Console.log(row("stopping", "the node was told"))
    return yield* new Failure({ message: `it had ended before: it is ${state}` })
  })
).pipe(
  Command.withShortDescription("Cancel a command"),
  Command.withDescription(
    "Cancel a command to a node of yours: one that waits at once; one that runs when the node has stopped it. What\n" +
      "  drain and resume do, the other of the two takes back."
  ),
  Command.withExamples([{ command: "infernet command cancel 0x1f3a cmd_…", description: "As the list shows it" }])
)
