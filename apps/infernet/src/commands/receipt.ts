/** `infernet receipt …`: what a job was worth, under the signatures of its node and the control plane. */
import { Command } from "effect/cli"
import { list } from "./receipt/list.ts"
import { show } from "./receipt/show.ts"
import { verify } from "./receipt/verify.ts"

export const receipt = Command.make("receipt").pipe(
  Command.withShortDescription("List, show and verify receipts"),
  Command.withDescription("Receipts: what a job was worth, under the signatures of its node and the control plane."),
  Command.withSubcommands([list, show, verify])
)
