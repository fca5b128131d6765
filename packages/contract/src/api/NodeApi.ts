/** The node API: every request is signed by the node that its path names, and a new key's also by its operator. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, Conflict, Forbidden, NotFound, PayloadTooLarge, RateLimited, Unavailable } from "../ApiError.ts"
import { CommandAck, CommandReport } from "../Command.ts"
import { CommandId, NodeId } from "../Id.ts"
import { Heartbeat, HeartbeatReply, NodeView, Registration, Rotated, Rotation } from "../Node.ts"
import { CountersignedBills, SignedBills } from "../Receipt.ts"
import { ApiErrors, Authorization, NodeSignature } from "./Authorization.ts"

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })
const params = { id: NodeId }

export class NodeApiGroup extends HttpApiGroup.make("node")
  .add(
    HttpApiEndpoint.post("register", "/:id", {
      params,
      payload: Registration,
      success: NodeView,
      error: [BadRequest, Forbidden, PayloadTooLarge, RateLimited, Unavailable]
    }).annotateMerge(
      describe(
        "Register or update a node",
        "The body's key must give the id in the path. With a `link_code` it joins that code's account."
      )
    ),
    HttpApiEndpoint.post("heartbeat", "/:id/heartbeat", {
      params,
      payload: Heartbeat,
      success: HeartbeatReply,
      error: [BadRequest, PayloadTooLarge, Unavailable]
    }).annotateMerge(describe("Heartbeat", "Every 30 seconds; 90 seconds of silence and no link is offline.")),
    HttpApiEndpoint.post("report", "/:id/commands/:command", {
      params: { ...params, command: CommandId },
      payload: CommandReport,
      success: CommandAck,
      error: [BadRequest, NotFound, PayloadTooLarge, Unavailable]
    }).annotateMerge(
      describe(
        "Report on a command",
        "May be repeated: what comes after a command's end is answered and changes nothing."
      )
    ),
    HttpApiEndpoint.post("receipts", "/:id/receipts", {
      params,
      payload: SignedBills,
      success: CountersignedBills,
      error: [BadRequest, PayloadTooLarge, Unavailable]
    }).annotateMerge(
      describe(
        "Sign bills",
        "For a node without a link, as over it: signatures over bills, and disputes with their reasons. Answers receipts, " +
          "what was refused and why, and the bills that wait. May be repeated: the same receipts come again."
      )
    ),
    HttpApiEndpoint.delete("leave", "/:id", {
      params,
      success: HttpApiSchema.NoContent,
      error: [BadRequest, Unavailable]
    }).annotateMerge(describe("Leave", "The node is going away for good or for now: it gets no more work.")),
    HttpApiEndpoint.get("link", "/:id/link", {
      params,
      success: Schema.Void.pipe(HttpApiSchema.status(101)),
      error: BadRequest
    }).annotateMerge(describe("Open the link", "A WebSocket: JSON control messages, binary output records."))
  )
  .middleware(NodeSignature)
  .middleware(ApiErrors)
  .prefix("/api/v1/nodes")
  .annotateMerge(OpenApi.annotations({ title: "Node API", description: "For daemons: signed with the node's key." })) {}

/** Its handler checks `X-Infernet-Auth` itself: by the key in the body, which the registry does not know yet. */
export class RotationGroup extends HttpApiGroup.make("rotation")
  .add(
    HttpApiEndpoint.post("rotate", "/:id/rotate", {
      params,
      payload: Rotation,
      success: Rotated,
      error: [BadRequest, Forbidden, NotFound, Conflict, PayloadTooLarge, RateLimited, Unavailable]
    }).annotateMerge(
      describe(
        "Give a node another key",
        "For the account that the node belongs to, and for administrators: theirs is the bearer key. The new key proves " +
          "itself by signing the request (`X-Infernet-Auth`). The old one is refused from then on, but for receipts of " +
          "what was pending, for 24 hours. The node keeps its id. May be repeated."
      )
    )
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1/nodes")
  .annotateMerge(OpenApi.annotations({ title: "Node keys", description: "For the operators of nodes." })) {}
