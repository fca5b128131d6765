/** `infernet node drain` and `resume`: whether a node takes new jobs. */
import type { NodeView } from "@infernet/contract/Node"
import { Console, Effect } from "effect"
import { Argument, Command } from "effect/cli"
import * as nodes from "../../client/nodes.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { plain, row, yellow, green } from "../../terminal/style.ts"
import { obey } from "../command/obey.ts"

const config = {
  id: Argument.String("id").pipe(Argument.withDescription("The node's id, or the beginning of it")),
  json: options.json,
  controlPlane: options.controlPlaneFlag("Of this network instead of the one here")
}

const jobs = ({ in_flight }: NodeView): string => {
  if (in_flight === 0) return "runs none"
  return `goes on with ${in_flight === 1 ? "the one" : `the ${in_flight}`} that it runs`
}

const outcome = {
  drain: (node: NodeView) => row("drained", `${yellow(plain(node.name))} takes no new jobs and ${jobs(node)}`),
  resume: (node: NodeView) => row("resumed", `${green(plain(node.name))} takes jobs again`)
}

const make = (kind: "drain" | "resume") =>
  Command.make(
    kind,
    config,
    Effect.fnUntraced(function* ({ controlPlane, id, json }) {
      const target = yield* Target.find(controlPlane)
      const node = yield* nodes.find(target, id)
      yield* obey({ target, node, asked: { kind }, json })
      if (!json) yield* Console.log(outcome[kind](yield* nodes.find(target, node.id)))
    })
  )

export const drain = make("drain").pipe(
  Command.withShortDescription("Let a node take no new jobs"),
  Command.withDescription(
    "Let a node of yours take no new jobs and finish what it runs, until `infernet node resume`, also over its\n" +
      "  restarts. It holds from the moment it is asked for; this waits until the node has said so."
  ),
  Command.withExamples([{ command: "infernet node drain 0x1f3a", description: "Before its machine is worked on" }])
)

export const resume = make("resume").pipe(
  Command.withShortDescription("Let a drained node take jobs again"),
  Command.withDescription("Let a drained node of yours take jobs again, and wait until it has said so."),
  Command.withExamples([{ command: "infernet node resume 0x1f3a", description: "The one whose id begins so" }])
)
