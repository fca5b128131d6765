/** An operator's day: a node joins, is commanded, gets another key and leaves. */
import { Effect } from "effect"
import type { TestNetwork } from "./network.ts"
import { operationOf } from "./operations.ts"
import { both, newIdentity, sentTo, signedBy, withKey } from "./people.ts"
import { jsonOf, type Tour } from "./Tour.ts"

/** Bun's constructor, which the browser's types, also in scope, do not have. */
const BunWebSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket

export const tourOfNodes = Effect.fnUntraced(function* (tour: Tour, { admin, operator, plane }: TestNetwork) {
  const { names, visit } = tour
  const [first, next] = [yield* newIdentity, yield* newIdentity]
  const asOperator = withKey(operator.key)
  const asNode = signedBy(first)
  names.bind("otherNode", first.id)
  names.bind("otherPublicKey", first.publicKey)
  names.bind("publicKey", next.publicKey)

  yield* visit("joining.createLinkCode", "code", asOperator, (answer) => names.bind("linkCode", jsonOf(answer).code))
  yield* visit("node.register", "node", asNode)
  yield* visit("joining.approveNode", "node", withKey(admin.key))

  const link = sentTo(operationOf("node.link"), { path: { id: first.id } })
  const headers = yield* asNode(link)
  yield* Effect.acquireRelease(
    Effect.callback<Bun.WebSocket>((resume) => {
      const socket = new BunWebSocket(`${plane.url.replace("http", "ws")}${link.path}`, { headers })
      socket.addEventListener("open", () => resume(Effect.succeed(socket)))
    }),
    (socket) => Effect.sync(() => socket.terminate())
  )
  tour.upgraded("node.link", "link")

  yield* visit("node.heartbeat", "beat", asNode)
  yield* visit("commands.issue", "library", asOperator, (answer) => names.bind("command", jsonOf(answer).id))
  // Again: now there is something to do for it.
  yield* visit("node.heartbeat", "beat", asNode)
  yield* visit("commands.issue", "file", asOperator)
  yield* visit("node.report", "progress", asNode)
  yield* visit("commands.get", "command", asOperator)
  yield* visit("commands.cancel", "command", asOperator)
  yield* visit("node.report", "failure", asNode)
  yield* visit("commands.issue", "drain", asOperator)
  yield* visit("commands.list", "page", asOperator)
  yield* visit("commands.details", "node", asOperator)
  yield* visit("nodes.get", "node", asOperator)
  yield* visit("nodes.list", "nodes", asOperator)
  yield* visit("node.receipts", "signed", asNode)
  yield* visit("node.leave", "node", asNode)
  yield* visit("rotation.rotate", "key", both(signedBy(next), asOperator))
})
