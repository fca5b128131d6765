/** The requests that run in an engine's process, and what comes back for each of them. Plain code: runs once a token. */
import type { EmbeddingResult } from "@infernet/contract/Embedding"
import { Effect } from "effect"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import type { FromEngine, Job, ToEngine } from "./protocol.ts"

/** What becomes of a message about one request. */
type Answer = Exclude<FromEngine, { type: "ready" | "unloadable" }>

interface Request {
  readonly hear: (answer: Answer) => void
  readonly fail: (error: BackendError) => void
}

export interface Requests {
  readonly hear: (answer: Answer) => void
  /** The process is gone. */
  readonly failAll: (error: BackendError) => void
  readonly text: (job: (id: number) => Job, emit: Emit) => Effect.Effect<Completion, BackendError>
  readonly vectors: (job: (id: number) => Job) => Effect.Effect<EmbeddingResult, BackendError>
}

const errorOf = ({ fault, message }: Extract<Answer, { type: "failed" }>) => new BackendError({ fault, message })

export const make = (send: (message: ToEngine) => void): Requests => {
  const requests = new Map<number, Request>()
  let lastId = 0

  /** Runs until `request` resumes; interruption cancels it in the process as well. */
  const run = <A>(
    job: (id: number) => Job,
    request: (end: (result: Effect.Effect<A, BackendError>) => void) => Request & { readonly cancel?: () => void }
  ) =>
    Effect.callback<A, BackendError>((resume) => {
      const id = ++lastId
      const made = request((result) => {
        requests.delete(id)
        resume(result)
      })
      requests.set(id, made)
      send(job(id))
      return Effect.sync(() => {
        made.cancel?.()
        if (requests.delete(id)) send({ type: "cancel", id })
      })
    })

  return {
    hear: (answer) => requests.get(answer.id)?.hear(answer),
    failAll: (error) => {
      for (const request of requests.values()) request.fail(error)
    },
    text: (job, emit) =>
      run<Completion>(job, (end) => {
        let cancelled = false
        /** Set once the consumer asked us to wait; what follows queues behind it, bounded by the model's context. */
        let tail: Promise<void> | undefined

        /** Ends a request once its consumer has all of it. */
        const settle = (result: Effect.Effect<Completion, BackendError>) => {
          if (tail === undefined) return end(result)
          tail.then(
            () => end(result),
            (cause: unknown) => end(Effect.die(cause))
          )
        }
        return {
          hear: (answer) => {
            if (answer.type === "pieces") {
              for (const [kind, text] of answer.pieces) {
                tail =
                  tail === undefined ? emit(kind, text) : tail.then(() => (cancelled ? undefined : emit(kind, text)))
              }
            } else if (answer.type === "done") {
              settle(Effect.succeed({ finish_reason: answer.finish_reason, usage: answer.usage }))
            } else if (answer.type === "failed") settle(Effect.fail(errorOf(answer)))
          },
          fail: (error) => settle(Effect.fail(error)),
          cancel: () => void (cancelled = true)
        }
      }),
    vectors: (job) =>
      run<EmbeddingResult>(job, (end) => {
        const embeddings: Array<ReadonlyArray<number>> = []
        return {
          hear: (answer) => {
            if (answer.type === "vector") embeddings.push(answer.vector)
            else if (answer.type === "embedded") {
              end(Effect.succeed({ embeddings, prompt_tokens: answer.prompt_tokens }))
            } else if (answer.type === "failed") end(Effect.fail(errorOf(answer)))
          },
          fail: (error) => end(Effect.fail(error))
        }
      })
  }
}
