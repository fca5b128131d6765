/** How nodes come to their operator and into the network: link codes, and the administrator's approval. */
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import { BadRequest, Conflict, Forbidden, NotFound, Unavailable } from "../ApiError.ts"
import { NodeId } from "../Id.ts"
import { LinkCodeCreated } from "../LinkCode.ts"
import { NodeView } from "../Node.ts"
import { ApiErrors, Authorization } from "./Authorization.ts"

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

export class JoiningGroup extends HttpApiGroup.make("joining")
  .add(
    HttpApiEndpoint.post("createLinkCode", "/link-codes", {
      success: LinkCodeCreated.pipe(HttpApiSchema.status(201)),
      error: [Forbidden, Conflict, Unavailable]
    }).annotateMerge(
      describe(
        "Create a link code",
        "For one machine, which joins your account with `infernet start --control-plane <url> --link-code <code>` " +
          "within 15 minutes. The code is told this once. For operators and administrators."
      )
    ),
    HttpApiEndpoint.post("approveNode", "/nodes/:id/approve", {
      params: { id: NodeId },
      success: NodeView,
      error: [BadRequest, Forbidden, NotFound, Unavailable]
    }).annotateMerge(
      describe("Approve a node", "It gets jobs from now on. Approving twice changes nothing. For administrators.")
    )
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1")
  .annotateMerge(OpenApi.annotations({ title: "Joining", description: "How nodes come into the network." })) {}
