/** Waiting for a job in a handler: for its first words, or for its end. */
import { BadRequest, Conflict, InternalError, NoCapacity, TimedOut, UpstreamFailed } from "@infernet/contract/ApiError"
import { ChatRequest } from "@infernet/contract/Chat"
import { CompletionRequest } from "@infernet/contract/Completion"
import { EmbeddingRequest } from "@infernet/contract/Embedding"
import { Deferred, Effect } from "effect"
import type { End } from "../job/JobLog.ts"
import { unavailable } from "../database/away.ts"
import type { LiveJob } from "../job/LiveJob.ts"

/** How long an answer's status waits for the job's first words. Later the headers go out, and keep-alives with them. */
const firstWithin = "10 seconds"

const fields: ReadonlySet<string> = new Set(
  [ChatRequest, CompletionRequest, EmbeddingRequest].flatMap(({ fields }) => Object.keys(fields))
)

/** Backends that refuse a field say its name in quotes: `"tools": … is not supported …`. */
const fieldNamed = (message: string): string | undefined =>
  [...message.matchAll(/"([a-z_]{1,32})"/g)]
    .map(([, name]) => name)
    .find((name) => name !== undefined && fields.has(name))

const refused = (message: string): BadRequest => {
  const field = fieldNamed(message)
  return new BadRequest({ error_message: message, ...(field === undefined ? {} : { field }) })
}

/** The HTTP error for a job that failed before it said anything. */
export const failureOf = (
  end: End & { readonly _tag: "Failed" }
): BadRequest | Conflict | NoCapacity | TimedOut | UpstreamFailed | InternalError => {
  switch (end.error) {
    case "bad_request":
      return refused(end.message)
    case "no_capacity":
      return new NoCapacity({ error_message: end.message })
    case "timeout":
      return new TimedOut({ error_message: end.message })
    case "backend_error":
    case "node_disconnected":
      return new UpstreamFailed({ error: end.error, error_message: end.message })
    case "cancelled":
      return new Conflict({ error_message: end.message })
    case "internal_error":
      return new InternalError({ error_message: end.message })
  }
}

const until = (job: LiveJob, reached: () => boolean) =>
  Effect.gen(function* () {
    while (!reached()) yield* Effect.promise(() => job.log.changed())
  })

const failIfSilent = (job: LiveJob) =>
  Effect.gen(function* () {
    const { end } = job.log
    if (end?._tag !== "Failed" || job.log.readable > 0) return
    // A submission that could not be stored says so itself.
    yield* Effect.mapError(Deferred.await(job.stored), unavailable)
    return yield* Effect.fail(failureOf(end))
  })

/** Until there is something to send; fails when the job failed without a word. */
export const firstWords = (job: LiveJob) =>
  until(job, () => job.log.readable > 0 || job.log.end !== undefined).pipe(
    Effect.timeoutOption(firstWithin),
    Effect.andThen(failIfSilent(job))
  )

/** Until the job has ended; fails when it failed. */
export const wholeAnswer = Effect.fnUntraced(function* (job: LiveJob) {
  yield* until(job, () => job.log.end !== undefined)
  const { end } = job.log
  if (end?._tag === "Completed") return end
  yield* failIfSilent(job)
  return yield* Effect.fail(
    end === undefined ? new InternalError({ error_message: "the job has no end" }) : failureOf(end)
  )
})
