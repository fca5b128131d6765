/** `infernet node show`: a node whole to its operator, and as everybody sees it to others. */
import { Console, DateTime, Effect, Option } from "effect"
import { Argument, Command } from "effect/cli"
import * as nodes from "../../client/nodes.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { dim } from "../../terminal/style.ts"
import { detailsText, factsText } from "./facts.ts"

const notYours = "Its hardware, backends and digests are shown to its operator, whose key this is not."

export const show = Command.make(
  "show",
  {
    id: Argument.String("id").pipe(Argument.withDescription("The node's id, or the beginning of it")),
    json: options.json,
    controlPlane: options.controlPlaneFlag("Of this network instead of the one here")
  },
  Effect.fnUntraced(function* ({ controlPlane, id, json }) {
    const target = yield* Target.find(controlPlane)
    const node = yield* nodes.find(target, id)
    const details = Option.getOrUndefined(yield* nodes.details(target, node.id))
    if (json) return yield* Console.log(JSON.stringify(details ?? node))
    yield* Console.log(factsText(node, yield* DateTime.now))
    yield* Console.log(details === undefined ? `\n${dim(notYours)}` : detailsText(details))
  })
).pipe(
  Command.withShortDescription("Show a node"),
  Command.withDescription(
    "Show a node: to its operator and to administrators with its hardware, its backends and how busy they are, and its\n" +
      "  models with their digests; to others as everybody sees it."
  ),
  Command.withExamples([
    { command: "infernet node show 0x1f3a", description: "The one whose id begins so" },
    { command: "infernet node show 0x1f3a --json | jq '.hardware.gpus'", description: "For programs" }
  ])
)
