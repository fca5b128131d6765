/** `infernet backend run …`: a server of one's own beside the node, started and kept running. */
import { Command } from "effect/cli"
import { run } from "./backend/run.ts"

export const backend = Command.make("backend").pipe(
  Command.withShortDescription("Run vLLM, SGLang, MAX or llama.cpp for the node"),
  Command.withDescription("Servers beside the node. What answers now is shown by `infernet backends`."),
  Command.withSubcommands([run])
)
