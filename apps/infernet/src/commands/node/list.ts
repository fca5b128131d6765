/** `infernet node list`: the nodes of a network, those first that wait for somebody. */
import type { NodeStatus, NodeView } from "@infernet/contract/Node"
import { Console, Effect } from "effect"
import { Command } from "effect/cli"
import * as Joining from "../../client/Joining.ts"
import { shortened } from "../../client/nodes.ts"
import * as options from "../../settings/options.ts"
import { columnsAfter, fit, plain, table } from "../../terminal/style.ts"

const order: Readonly<Record<NodeStatus, number>> = { pending: 0, online: 1, draining: 2, offline: 3 }

const modelsOf = ({ models: [first, ...others] }: NodeView, width: number): string => {
  if (first === undefined) return "–"
  const rest = others.length === 0 ? "" : ` +${others.length}`
  return `${fit(plain(first), width - rest.length)}${rest}`
}

/** With whole ids nothing narrower holds a row. */
const wide = 120
const nameWidth = 20
const narrowNameWidth = 14
/** Status, tier, load and the spaces between all columns. */
const between = 34

export const list = Command.make(
  "list",
  { controlPlane: options.controlPlaneFlag("Of this network instead of the one here"), json: options.json },
  Effect.fnUntraced(function* ({ controlPlane, json }) {
    const nodes = yield* Joining.listNodes(controlPlane)
    if (json) return yield* Console.log(JSON.stringify(nodes))
    if (nodes.length === 0) return yield* Console.log("No node has joined yet.")
    const isWide = columnsAfter(wide) > 0
    const idOf = isWide ? (id: string) => id : shortened(nodes)
    const width = isWide ? nameWidth : narrowNameWidth
    const idWidth = idOf(nodes[0]?.id ?? "").length
    const room = Math.max(12, columnsAfter(idWidth + width + between))
    const rows = nodes
      .toSorted((a, b) => order[a.status] - order[b.status] || (a.name < b.name ? -1 : 1))
      .map((node) => [
        idOf(node.id),
        fit(plain(node.name), width),
        node.status,
        node.tier,
        `${node.in_flight}/${node.slots}`,
        modelsOf(node, room)
      ])
    yield* Console.log(table([["ID", "NAME", "STATUS", "TIER", "JOBS", "MODELS"], ...rows]))
    const waiting = nodes.find(({ status }) => status === "pending")
    if (waiting !== undefined) yield* Console.log(`\n  infernet node approve ${waiting.id}`)
  })
).pipe(
  Command.withShortDescription("List a network's nodes"),
  Command.withDescription(
    "List the nodes of the network, those first that wait for approval. A narrow terminal gets the beginnings of their\n" +
      "  ids, which all commands take."
  ),
  Command.withExamples([
    { command: "infernet node list", description: "All of them" },
    {
      command: "infernet node list --json | jq -r '.[] | select(.status == \"offline\") | .id'",
      description: "For programs"
    }
  ])
)
