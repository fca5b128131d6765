/** The nodes of a network, and which of them is meant by the beginning of an id. */
import { NodeDetails } from "@infernet/contract/api/Commands"
import type { NodeId } from "@infernet/contract/Id"
import { NodeView } from "@infernet/contract/Node"
import { Effect, Option, Schema } from "effect"
import { HttpClientRequest } from "effect/http"
import { Failure } from "../terminal/exit.ts"
import { plain } from "../terminal/style.ts"
import { accept, decode, request, send } from "./api.ts"
import type { Target } from "./Target.ts"

const Nodes = Schema.Struct({ nodes: Schema.Array(NodeView) })

const isBeginning = /^0x[0-9a-f]{1,40}$/

/** The one node whose id is `text` or begins with it; else what is wrong with `text`. */
export const named = (nodes: ReadonlyArray<NodeView>, text: string): NodeView | Failure => {
  const beginning = text.toLowerCase()
  if (!isBeginning.test(beginning)) {
    const message = `${plain(text)} is not a node's id, nor the beginning of one: see \`infernet node list\``
    return new Failure({ message, code: 2 })
  }
  const [found, ...others] = nodes.filter(({ id }) => id.startsWith(beginning))
  if (found === undefined) {
    return new Failure({ message: `this network has no node ${beginning}: see \`infernet node list\`` })
  }
  if (others.length === 0) return found
  return new Failure({
    message: `${1 + others.length} nodes have an id that begins with ${beginning}: write more of it`
  })
}

/** So much of every id as tells it from the others, and at least eight digits. */
export const shortened = (nodes: ReadonlyArray<NodeView>): ((id: string) => string) => {
  const isClear = (length: number) => new Set(nodes.map(({ id }) => id.slice(0, length))).size === nodes.length
  let length = 10
  while (length < 42 && !isClear(length)) length += 1
  return (id) => id.slice(0, length)
}

export const find = (target: Target, text: string) =>
  send(target, HttpClientRequest.get("/api/v1/nodes")).pipe(
    Effect.flatMap(decode(Nodes)),
    Effect.flatMap(({ nodes }) => {
      const node = named(nodes, text)
      return node instanceof Failure ? Effect.fail(node) : Effect.succeed(node)
    })
  )

/** The whole of what a node last said; none where the key is not its operator's. */
export const details = Effect.fnUntraced(function* (target: Target, id: NodeId) {
  const response = yield* request(target, HttpClientRequest.get(`/api/v1/nodes/${id}/details`))
  if (response.status === 403) return Option.none<NodeDetails>()
  return Option.some(yield* Effect.flatMap(accept(target)(response), decode(NodeDetails)))
})
