/** What a node that has joined a network tells on the socket in its home. */
import { BackendStatus } from "@infernet/contract/Node"
import { NodeId } from "@infernet/contract/Id"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

export const NodeOverview = Schema.Struct({
  pid: Schema.Int,
  version: Schema.String,
  started_at: Schema.String,
  control_plane: Schema.String,
  node: NodeId,
  /** Whether the control plane can send it jobs now. */
  linked: Schema.Boolean,
  backends: Schema.Array(BackendStatus),
  models: Schema.Array(Schema.String),
  /** Since its start. */
  jobs: Schema.Struct({ completed: Schema.Int, failed: Schema.Int, running: Schema.Int })
})

export class NodeApi extends HttpApi.make("infernet-node").add(
  HttpApiGroup.make("node").add(HttpApiEndpoint.get("overview", "/node/overview", { success: NodeOverview }))
) {}
