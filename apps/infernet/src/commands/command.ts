/** `infernet command …`: what was asked of nodes from afar. */
import { Command } from "effect/cli"
import { cancel } from "./command/cancel.ts"
import { list } from "./command/list.ts"

export const command = Command.make("command").pipe(
  Command.withShortDescription("Show and cancel what was asked of a node"),
  Command.withDescription(
    "What you asked of your nodes from afar: `infernet model install --node`, `infernet node drain`."
  ),
  Command.withSubcommands([list, cancel])
)
