/** What the network offers now, and what this control plane is. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, NotFound } from "../ApiError.ts"
import { ControlPlaneId, NodeId } from "../Id.ts"
import { Capability, NodeStatus, NodeView } from "../Node.ts"
import { Price } from "../Price.ts"
import { ApiErrors, Authorization } from "./Authorization.ts"

export const ModelView = Schema.Struct({
  /** The model without its quantisation, one name for all of its spellings. */
  id: Schema.String,
  /** The spellings under which nodes offer it; each may be asked for, as may `id`. */
  aliases: Schema.Array(Schema.String),
  /** What it can be had in; `<id>-<quantization>` asks for one of them, `<id>` for any. */
  quantizations: Schema.Array(Schema.String),
  /** `sha256:<64 digits>`; `<id>@sha256:<the first 12 or more>` asks for just these weights. */
  digests: Schema.Array(Schema.String),
  /** Nodes online now that serve it. */
  nodes: Schema.Int,
  /** Mean over the attempts of the last hour; null until one is done. */
  avg_tokens_per_second: Schema.NullOr(Schema.Finite),
  ttft_ms_p50: Schema.NullOr(Schema.Finite),
  /** The longest among its nodes. */
  context_length: Schema.NullOr(Schema.Int),
  /** What at least one of its nodes can do; who needs it is sent there. */
  capabilities: Schema.Array(Capability),
  /** The list price; 0 where payments are off. */
  price: Price,
  /** The lowest that a node asks for it now. */
  lowest_price: Price,
  demo: Schema.Boolean
})

export type ModelView = typeof ModelView.Type

export const Info = Schema.Struct({
  control_plane_id: ControlPlaneId,
  version: Schema.String,
  server_time: Schema.String,
  /** A node that it does not know needs a link code. */
  invite_required: Schema.optionalKey(Schema.Boolean)
})

const ready = <const S extends string>(status: S) =>
  Schema.Struct({ status: Schema.Literal(status), nodes_online: Schema.Int })

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

export class ModelsGroup extends HttpApiGroup.make("models")
  .add(
    HttpApiEndpoint.get("list", "/api/v1/models", {
      success: Schema.Struct({ models: Schema.Array(ModelView) })
    }).annotateMerge(describe("List models", "Models on at least one node online now."))
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .annotateMerge(OpenApi.annotations({ title: "Models", description: "What can be asked for now." })) {}

export class NodesGroup extends HttpApiGroup.make("nodes")
  .add(
    HttpApiEndpoint.get("list", "/", { success: Schema.Struct({ nodes: Schema.Array(NodeView) }) }).annotateMerge(
      describe("List nodes", "Every registered node as everybody may see it: no address, host name or CPU model.")
    ),
    HttpApiEndpoint.get("get", "/:id", {
      params: { id: NodeId },
      success: NodeView,
      error: [BadRequest, NotFound]
    }).annotateMerge(describe("Read a node", "One node as everybody may see it."))
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1/nodes")
  .annotateMerge(OpenApi.annotations({ title: "Nodes", description: "Who answers, as everybody may see them." })) {}

export class PublicGroup extends HttpApiGroup.make("public")
  .add(
    HttpApiEndpoint.get("info", "/api/v1/info", { success: Info }).annotateMerge(
      describe("This control plane", "Its id, which nodes pin and sign for, and its version.")
    ),
    HttpApiEndpoint.get("nodeStatus", "/api/v1/nodes/:id/status", {
      params: { id: NodeId },
      success: Schema.Struct({ status: NodeStatus }),
      error: [BadRequest, NotFound]
    }).annotateMerge(describe("A node's status", "Needs no key.")),
    HttpApiEndpoint.get("health", "/health", {
      success: Schema.Struct({ status: Schema.Literal("ok") })
    }).annotateMerge(describe("Liveness", "Answers as long as the process does.")),
    HttpApiEndpoint.get("ready", "/ready", {
      success: [ready("ready"), ready("unready").pipe(HttpApiSchema.status(503))]
    }).annotateMerge(
      describe(
        "Readiness",
        "200 when the database answers and is migrated, else 503. Nodes are counted, never required."
      )
    )
  )
  .middleware(ApiErrors)
  .annotateMerge(OpenApi.annotations({ title: "Public", description: "Needs no credentials." })) {}
