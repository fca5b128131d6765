/** A node as its operator sees it, and what its operator asks of it from afar. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, Conflict, Forbidden, NotFound, PayloadTooLarge, Unavailable } from "../ApiError.ts"
import { CommandView, IssueCommand } from "../Command.ts"
import { AccountId, CommandId, NodeId } from "../Id.ts"
import { BackendStatus, Hardware, ModelOffer, NodeView } from "../Node.ts"
import { ApiErrors, Authorization } from "./Authorization.ts"

/** The whole of what a node last said; `hardware` is null until it has said anything. */
export const NodeDetails = Schema.Struct({
  ...NodeView.fields,
  /** Whose node it is; null: the administrator's. */
  account_id: Schema.NullOr(AccountId),
  /** Whether its operator wants it to take no new jobs. */
  drained: Schema.Boolean,
  hardware: Schema.NullOr(Hardware),
  backends: Schema.Array(BackendStatus),
  models: Schema.Array(ModelOffer)
})
export type NodeDetails = typeof NodeDetails.Type

export const CommandPage = Schema.Struct({
  commands: Schema.Array(CommandView),
  next_cursor: Schema.NullOr(CommandId)
})

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })
const params = { id: NodeId }
const one = { id: NodeId, command: CommandId }

export class CommandsGroup extends HttpApiGroup.make("commands")
  .add(
    HttpApiEndpoint.get("details", "/details", {
      params,
      success: NodeDetails,
      error: [BadRequest, Forbidden, NotFound]
    }).annotateMerge(describe("Read your node", "Hardware, backends with their readings, models with their digests.")),
    HttpApiEndpoint.post("issue", "/commands", {
      params,
      headers: {
        "idempotency-key": Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(128)))
      },
      payload: IssueCommand,
      success: CommandView.pipe(HttpApiSchema.status(202)),
      error: [BadRequest, Forbidden, NotFound, Conflict, PayloadTooLarge, Unavailable]
    }).annotateMerge(
      describe(
        "Command your node",
        "`model_install` takes a library model (`qwen3:4b`), or a Hugging Face repository as `model` with `file` and " +
          "its `sha256`; `model_remove` a model as the node offers it; `drain` and `resume` nothing. What is asked for " +
          "again while it is under way is the same command. A node silent for 10 minutes takes none."
      )
    ),
    HttpApiEndpoint.get("list", "/commands", {
      params,
      query: {
        limit: Schema.optionalKey(
          Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 100 }))
        ),
        cursor: Schema.optionalKey(CommandId)
      },
      success: CommandPage,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotateMerge(describe("List commands", "Of one node, newest first; 20 unless `limit` says otherwise.")),
    HttpApiEndpoint.get("get", "/commands/:command", {
      params: one,
      success: CommandView,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotateMerge(describe("Read a command", "With its progress as the node last told it.")),
    HttpApiEndpoint.delete("cancel", "/commands/:command", {
      params: one,
      success: CommandView,
      error: [BadRequest, Forbidden, NotFound, Conflict, Unavailable]
    }).annotateMerge(
      describe(
        "Cancel a command",
        "One that waits is cancelled at once; one that runs is stopped, and stays `running` until its node has said " +
          "so. An ended one stays as it is."
      )
    )
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1/nodes/:id")
  .annotateMerge(OpenApi.annotations({ title: "Commands", description: "For the operators of nodes." })) {}
