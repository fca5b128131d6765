/** `infernet model …`: models of this machine and of the network. */
import { Command } from "effect/cli"
import { install } from "./model/install.ts"
import { list } from "./model/list.ts"
import { recommend } from "./model/recommend.ts"
import { remove } from "./model/remove.ts"

export const model = Command.make("model").pipe(
  Command.withShortDescription("Install, remove and list models"),
  Command.withDescription("Models of this machine, and those on the network."),
  Command.withSubcommands([list, install, remove, recommend]),
  Command.withExamples([
    { command: "infernet model recommend", description: "What suits this machine" },
    { command: "infernet model install qwen3:4b", description: "Install one" }
  ])
)
