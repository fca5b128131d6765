/** Chats: submitted, read to their end over whatever happens on the way, and cancelled when nobody wants the rest. */
import type { JobId } from "@infernet/contract/Id"
import type { JobResult, JobView } from "@infernet/contract/Job"
import { Effect, Fiber, Stream } from "effect"
import type { ChatEvent } from "../wire.ts"
import type { Client } from "./Client.ts"
import { type ChatFailure, JobFailed, UnexpectedResponse } from "./errors.ts"
import { events, jobOf, reading, type Reading, type Source } from "./events.ts"
import type { Jobs } from "./Jobs.ts"
import { type ChatParams, keyed, type SubmitOptions } from "./submission.ts"
import * as Trouble from "./Trouble.ts"

/** A whole answer, and the job that it cost. */
export interface ChatCompletion extends JobResult {
  readonly job: JobView
}

export interface ChatOptions extends SubmitOptions {
  readonly maxRetries?: number | undefined
}

export const make = Effect.fnUntraced(function* (client: Client, jobs: Jobs, maxRetries: number) {
  const scope = yield* Effect.scope

  /** As far as the control plane can be reached; whoever leaves waits for it no longer than this. */
  const cancel = (id: JobId) => jobs.cancel(id).pipe(Effect.timeout("5 seconds"), Effect.ignore)

  /**
   * An answer that is under way while its caller leaves would tell of a job that nobody knows of: it is waited for in the
   * background, and the job cancelled.
   */
  const orCancel = <E>(post: Effect.Effect<Effect.Success<Source["open"]>, E>) =>
    Effect.uninterruptibleMask(
      Effect.fnUntraced(function* (restore) {
        const posting = yield* Effect.forkIn(Effect.interruptible(post), scope)
        const late = Effect.flatMap(Fiber.join(posting), (response) => {
          const job = jobOf(response)
          return job === undefined ? Effect.void : cancel(job)
        })
        return yield* Effect.onInterrupt(restore(Fiber.join(posting)), () => Effect.forkIn(Effect.ignore(late), scope))
      })
    )

  const sourceOf = (params: ChatParams, state: Reading, options: SubmitOptions): Source => {
    const submission = keyed(options)
    let isAnew = false
    const post = Effect.flatMap(submission.key, (key) =>
      client.api.jobs.submit({
        headers: { "idempotency-key": key },
        payload: { ...params, stream: true },
        responseMode: "response-only"
      })
    ).pipe(Effect.mapError(Trouble.ofClient(false)), orCancel)
    return {
      open: Effect.suspend(() => {
        const { job } = state
        if (job !== undefined && !isAnew) return jobs.open(job, state.last)
        isAnew = false
        return post
      }),
      renew: (code) => (isAnew = submission.renew(code))
    }
  }

  const answering = (params: ChatParams, state: Reading, options: ChatOptions): Stream.Stream<ChatEvent, ChatFailure> =>
    Stream.suspend(() => {
      let isSettled = false
      const settle = Effect.sync(() => (isSettled = true))
      return events(client, state, sourceOf(params, state, options), options.maxRetries ?? maxRetries).pipe(
        Stream.tapError(() => settle),
        Stream.concat(Stream.drain(Stream.fromEffect(settle))),
        Stream.ensuring(Effect.suspend(() => (isSettled || state.job === undefined ? Effect.void : cancel(state.job))))
      )
    })

  const chat = Effect.fn("Infernet.chat")(function* (params: ChatParams, options: ChatOptions = {}) {
    const state = reading(undefined)
    yield* Stream.runDrain(answering(params, state, options)).pipe(
      // A stream is forgotten some minutes after its end, as of a machine that slept; the job is kept longer.
      Effect.catchTag("StreamCut", (cut) => (cut.cause._tag === "NotFound" ? Effect.void : Effect.fail(cut)))
    )
    const { job: id, text } = state
    if (id === undefined)
      return yield* new UnexpectedResponse({ status: 200, message: "the answer does not name its job" })
    const job = yield* jobs.get(id)
    if (job.result !== undefined) return { ...job.result, job } satisfies ChatCompletion
    const { error = "internal_error", error_message: message = `the job is ${job.status}` } = job
    return yield* new JobFailed({ job: id, error, message, text })
  })

  const chatStream = (params: ChatParams, options: ChatOptions = {}): Stream.Stream<ChatEvent, ChatFailure> =>
    Stream.suspend(() => answering(params, reading(undefined), options))

  return { chat, chatStream }
})
