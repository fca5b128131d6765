/** `infernet node …`: the nodes of a network, what is asked of them, and letting those in that wait for it. */
import { NodeId } from "@infernet/contract/Id"
import { Console, Effect, Option, Schema } from "effect"
import { Argument, Command } from "effect/cli"
import * as Joining from "../client/Joining.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { green, plain, row } from "../terminal/style.ts"
import { drain, resume } from "./node/drain.ts"
import { list } from "./node/list.ts"
import { show } from "./node/show.ts"

const elsewhere = options.controlPlaneFlag("Of this network instead of the one here")

const approve = Command.make(
  "approve",
  {
    id: Argument.String("id").pipe(Argument.withDescription("As `infernet node list` shows it: 0x…")),
    controlPlane: elsewhere,
    json: options.json
  },
  Effect.fnUntraced(function* ({ controlPlane, id, json }) {
    const known = Schema.decodeUnknownOption(NodeId)(id.toLowerCase())
    if (Option.isNone(known)) {
      return yield* new Failure({ message: `${plain(id)} is not a node's id: see \`infernet node list\``, code: 2 })
    }
    const node = yield* Joining.approveNode(controlPlane, known.value)
    yield* Console.log(json ? JSON.stringify(node) : row("approved", `${green(plain(node.name))}, ${node.status} now`))
  })
).pipe(
  Command.withDescription("Let a node have jobs, where the network asks for that (INFERNET_REQUIRE_NODE_APPROVAL)."),
  Command.withExamples([{ command: "infernet node approve 0x1f3a…", description: "As the list shows it" }])
)

export const node = Command.make("node").pipe(
  Command.withShortDescription("Show, drain and approve a network's nodes"),
  Command.withDescription(
    "The nodes of a network. Operators see and command theirs with their own key, which is in INFERNET_BEARER_TOKEN for\n" +
      "  a network elsewhere; administrators all of them."
  ),
  Command.withSubcommands([list, show, drain, resume, approve]),
  Command.withExamples([
    { command: "infernet node list", description: "The network's nodes" },
    { command: "infernet node drain 0x1f3a", description: "The one whose id begins so takes no new jobs" }
  ])
)
