/** `infernet node …`: the nodes of a network, and letting those in that wait for it. */
import { NodeId } from "@infernet/contract/Id"
import type { NodeStatus, NodeView } from "@infernet/contract/Node"
import { Console, Effect, Option, Schema } from "effect"
import { Argument, Command } from "effect/cli"
import * as Joining from "../client/Joining.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { green, plain, row, table } from "../terminal/style.ts"

const order: Readonly<Record<NodeStatus, number>> = { pending: 0, online: 1, draining: 2, offline: 3 }

const modelsOf = ({ models: [first, ...others] }: NodeView): string =>
  first === undefined ? "–" : others.length === 0 ? plain(first) : `${plain(first)} +${others.length}`

const elsewhere = options.controlPlaneFlag("Of this network instead of the one here")

const list = Command.make(
  "list",
  { controlPlane: elsewhere, json: options.json },
  Effect.fnUntraced(function* ({ controlPlane, json }) {
    const nodes = yield* Joining.listNodes(controlPlane)
    if (json) return yield* Console.log(JSON.stringify(nodes))
    if (nodes.length === 0) return yield* Console.log("No node has joined yet.")
    const rows = nodes
      .toSorted((a, b) => order[a.status] - order[b.status] || (a.name < b.name ? -1 : 1))
      .map((node) => [node.id, plain(node.name), node.status, node.tier, modelsOf(node)])
    yield* Console.log(table([["ID", "NAME", "STATUS", "TIER", "MODELS"], ...rows]))
    const waiting = nodes.find(({ status }) => status === "pending")
    if (waiting !== undefined) yield* Console.log(`\n  infernet node approve ${waiting.id}`)
  })
).pipe(Command.withDescription("List the nodes of the network, those first that wait for approval."))

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
  Command.withDescription("Let a node have jobs, where the network asks for that (INFERNET_REQUIRE_NODE_APPROVAL).")
)

export const node = Command.make("node").pipe(
  Command.withShortDescription("Show a network's nodes, and approve new ones"),
  Command.withDescription("The nodes of a network. Administrators approve new ones where the network asks for it."),
  Command.withSubcommands([list, approve])
)
