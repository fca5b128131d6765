/** Jobs by themselves: submitted, read, listed, cancelled, waited for. */
import type { JobId } from "@infernet/contract/Id"
import type { JobStatus, JobView } from "@infernet/contract/Job"
import { type DateTime, Effect, Option, Stream } from "effect"
import { isOver } from "../retry.ts"
import type { ChatEvent } from "../wire.ts"
import type { Client } from "./Client.ts"
import type { ChatFailure, Failure } from "./errors.ts"
import { events, reading, type Source } from "./events.ts"
import { told } from "./rule.ts"
import { type ChatParams, keyed, type SubmitOptions } from "./submission.ts"
import * as Trouble from "./Trouble.ts"

export interface JobQuery {
  /** Jobs a page, 1 to 100; 20 without it. */
  readonly limit?: number
  readonly status?: JobStatus
  readonly since?: DateTime.Utc
}

export type Jobs = ReturnType<typeof make>

const isEnded = ({ status }: JobView): boolean => status !== "pending" && status !== "processing"

const responseMode = "response-only"

export const make = (client: Client, maxRetries: number) => {
  const { api, decode, request } = client

  /** The events of a job after a number, as an answer of one request. */
  const open = (id: JobId, after: number): Source["open"] => {
    const headers = after > 0 ? { "last-event-id": String(after) } : {}
    const asked = api.jobs.stream({ params: { id }, query: {}, headers, responseMode })
    return Effect.mapError(asked, Trouble.ofClient(false))
  }

  const once = (id: JobId) => request(api.jobs.get({ params: { id }, responseMode }), decode.get)

  const get = Effect.fn("Infernet.jobs.get")((id: JobId) => told(once(id), maxRetries))

  /** Stops a job within a second; gives it as it is then. An ended one stays as it is. */
  const cancel = Effect.fn("Infernet.jobs.cancel")((id: JobId) =>
    told(request(api.jobs.cancel({ params: { id }, responseMode }), decode.cancel), maxRetries)
  )

  /** Submits a job and does not wait for it. */
  const submit = Effect.fn("Infernet.jobs.submit")((params: ChatParams, options: SubmitOptions = {}) => {
    const { key, renew } = keyed(options)
    return Effect.flatMap(key, (key) =>
      request(api.jobs.submit({ headers: { "idempotency-key": key }, payload: params, responseMode }), decode.submit)
    ).pipe(
      Effect.flatMap((accepted) =>
        Stream.isStream(accepted)
          ? Effect.fail(Trouble.unexpected(200, "a stream came that nobody asked for"))
          : Effect.succeed(accepted)
      ),
      Effect.tapError(({ code }) => Effect.sync(() => isOver(code) && renew(code))),
      (submitted) => told(submitted, maxRetries)
    )
  })

  /** All of your own jobs, newest first, a page at a time as they are taken. */
  const list = (query: JobQuery = {}): Stream.Stream<JobView, Failure> =>
    Stream.paginate<JobId | undefined, JobView, Failure>(undefined, (cursor) => {
      const asked = api.jobs.list({ query: { ...query, ...(cursor !== undefined && { cursor }) }, responseMode })
      return Effect.map(
        told(request(asked, decode.list), maxRetries),
        ({ jobs, next_cursor }) => [jobs, Option.fromNullOr(next_cursor)] as const
      )
    })

  /** A job's events after number `after`, from the first without it. Leaving the stream leaves the job alone. */
  const stream = (id: JobId, options: { readonly after?: number } = {}): Stream.Stream<ChatEvent, ChatFailure> =>
    Stream.suspend(() => {
      const state = reading(id, options.after)
      return events(client, state, { open: Effect.suspend(() => open(id, state.last)), renew: () => false }, maxRetries)
    })

  /** The job once it has ended, however it did: see its `status`. */
  const wait = Effect.fn("Infernet.jobs.wait")((id: JobId) =>
    Effect.gen(function* () {
      const before = yield* once(id)
      if (isEnded(before)) return before
      // However its stream ends, the job itself tells more of that.
      yield* Effect.ignore(Stream.runDrain(stream(id)))
      const after = yield* once(id)
      if (isEnded(after)) return after
      return yield* Trouble.lost(new Error("the job runs, but its stream broke off"))
    }).pipe((waited) => told(waited, maxRetries))
  )

  return { cancel, get, list, open, stream, submit, wait }
}
