/** Jobs: submit, watch, cancel. */
import { DateTime, Schema } from "effect"
import { HttpApiEndpoint, HttpApiGroup, HttpApiSchema, OpenApi } from "effect/http-api"
import {
  BadRequest,
  Conflict,
  Forbidden,
  InsufficientFunds,
  ModelNotFound,
  NoCapacity,
  NotFound,
  PayloadTooLarge,
  RateLimited,
  TimedOut,
  Unavailable,
  UpstreamFailed
} from "../ApiError.ts"
import { ToolCallDelta } from "../Chat.ts"
import { JobId } from "../Id.ts"
import { JobAccepted, JobStatus, JobView, SubmitJob } from "../Job.ts"
import { Logprobs } from "../Logprobs.ts"
import { QuoteView } from "../Quote.ts"
import { ApiErrors, Authorization } from "./Authorization.ts"

const describe = (summary: string, description: string) => OpenApi.annotations({ summary, description })

/** JavaScript knows times that no database does. */
const fromOurEra = Schema.makeFilter<DateTime.Utc>(
  (time) => DateTime.toEpochMillis(time) >= 0 || "expected a time from 1970 on"
)

/** One event of a job's stream; the last of one that went well is no JSON but `[DONE]`. */
export const JobEvent = Schema.Union([
  Schema.Struct({ text: Schema.String }),
  Schema.Struct({ reasoning: Schema.String }),
  Schema.Struct({ tool_call: ToolCallDelta }),
  Schema.Struct({ logprobs: Logprobs }),
  Schema.Struct({ error: Schema.String, message: Schema.String })
])
export type JobEvent = typeof JobEvent.Type

const JobEvents = HttpApiSchema.StreamSse({ data: JobEvent })

/** `next_cursor` is where the next page begins; null on the last. */
export const JobPage = Schema.Struct({ jobs: Schema.Array(JobView), next_cursor: Schema.NullOr(JobId) })

export class JobsGroup extends HttpApiGroup.make("jobs")
  .add(
    HttpApiEndpoint.post("submit", "/", {
      headers: {
        "idempotency-key": Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(128)))
      },
      payload: SubmitJob,
      success: [JobAccepted.pipe(HttpApiSchema.status(202)), JobEvents],
      error: [
        BadRequest,
        InsufficientFunds,
        Forbidden,
        ModelNotFound,
        NoCapacity,
        Conflict,
        PayloadTooLarge,
        NotFound,
        RateLimited,
        Unavailable,
        UpstreamFailed,
        TimedOut
      ]
    }).annotateMerge(
      describe(
        "Submit a job",
        "Answers 202 with the job, or, with `stream: true`, the job's event stream. With an `Idempotency-Key` the " +
          "same request makes one job and gets the same answer again for 24 hours."
      )
    ),
    HttpApiEndpoint.get("list", "/", {
      query: {
        limit: Schema.optionalKey(
          Schema.FiniteFromString.check(Schema.isInt(), Schema.isBetween({ minimum: 1, maximum: 100 }))
        ),
        status: Schema.optionalKey(JobStatus),
        since: Schema.optionalKey(Schema.DateTimeUtcFromString.check(fromOurEra)),
        cursor: Schema.optionalKey(JobId)
      },
      success: JobPage,
      error: [BadRequest, Unavailable]
    }).annotateMerge(describe("List jobs", "Your own jobs, newest first; 20 unless `limit` says otherwise.")),
    HttpApiEndpoint.get("get", "/:id", {
      params: { id: JobId },
      success: JobView,
      error: [BadRequest, NotFound, Unavailable]
    }).annotateMerge(describe("Read a job", "Status, result, attempts, true usage and timings.")),
    HttpApiEndpoint.get("stream", "/:id/stream", {
      params: { id: JobId },
      headers: { "last-event-id": Schema.optionalKey(Schema.String) },
      query: { after: Schema.optionalKey(Schema.String) },
      success: JobEvents,
      error: [BadRequest, NotFound, Conflict, NoCapacity, Unavailable, UpstreamFailed, TimedOut]
    }).annotateMerge(
      describe(
        "Stream a job",
        'Server-sent events: `id: <sequence>` and `data: {"text": …}`; the last is `data: [DONE]`, sent when the job ' +
          "is durably complete. An error frame ends the stream without it. `Last-Event-ID` or `?after=` resumes."
      )
    ),
    HttpApiEndpoint.delete("cancel", "/:id", {
      params: { id: JobId },
      success: JobView,
      error: [BadRequest, NotFound, Unavailable]
    }).annotateMerge(describe("Cancel a job", "Reaches the backend within a second. A finished job stays as it is."))
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .prefix("/api/v1/jobs")
  .annotateMerge(OpenApi.annotations({ title: "Jobs", description: "Submit chats, watch them, cancel them." })) {}

export class QuotesGroup extends HttpApiGroup.make("quotes")
  .add(
    HttpApiEndpoint.post("quote", "/api/v1/quotes", {
      payload: SubmitJob,
      success: QuoteView,
      error: [BadRequest, Forbidden, ModelNotFound, NoCapacity, PayloadTooLarge, Unavailable]
    }).annotateMerge(
      describe(
        "Quote a job",
        "What a job may cost at most and which prices there are for it, with the body of a submission. Runs nothing, holds " +
          "nothing. Where payments are off everything is 0."
      )
    )
  )
  .middleware(Authorization)
  .middleware(ApiErrors)
  .annotateMerge(OpenApi.annotations({ title: "Quotes", description: "What jobs would cost." })) {}
