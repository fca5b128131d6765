/** Receipts: what was billed for a job, for whom it was done and for whose node did it. */
import { Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, OpenApi } from "effect/http-api"
import { BadRequest, NotFound, Unavailable } from "../ApiError.ts"
import { JobId, NodeId, ReceiptId } from "../Id.ts"
import { ReceiptStatus, ReceiptView } from "../Receipt.ts"
import { ApiErrors, Authorization } from "./Authorization.ts"

/** `next_cursor` is where the next page begins; null on the last. */
export const ReceiptPage = Schema.Struct({
  cprs: Schema.Array(ReceiptView),
  next_cursor: Schema.NullOr(ReceiptId)
})

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

export class ReceiptsGroup extends HttpApiGroup.make("receipts")
  .add(
    HttpApiEndpoint.get("get", "/:id", {
      params: { id: ReceiptId },
      success: ReceiptView,
      error: [BadRequest, NotFound, Unavailable]
    }).annotateMerge(
      describe(
        "Read a receipt",
        "The bill of an attempt, what it was made from, and, once node and control plane have signed it, the receipt: " +
          "`docs/receipts.md` says how anybody verifies one."
      )
    ),
    HttpApiEndpoint.get("list", "/", {
      query: {
        job_id: Schema.optionalKey(JobId),
        node_id: Schema.optionalKey(NodeId),
        status: Schema.optionalKey(ReceiptStatus),
        limit: Schema.optionalKey(
          Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 100 }))
        ),
        cursor: Schema.optionalKey(ReceiptId)
      },
      success: ReceiptPage,
      error: [BadRequest, Unavailable]
    }).annotateMerge(
      describe(
        "List receipts",
        "Newest first, of your jobs and of your nodes; 20 unless `limit` says otherwise. An administrator sees all."
      )
    )
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1/cprs")
  .annotateMerge(
    OpenApi.annotations({
      title: "Receipts",
      description: "Compute payment receipts (CPR): one of each billed attempt."
    })
  ) {}
