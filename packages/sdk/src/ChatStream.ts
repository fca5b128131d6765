/** One chat as it is answered: its events in a loop, or its text or its result as a whole. */
import { Call } from "./Call.ts"
import { CancelledError, InfernetError, NotFoundError, errorOf } from "./errors.ts"
import { events, type Source } from "./events.ts"
import { type Http, pathOf, type Request } from "./Http.ts"
import type { Settings, SubmitOptions } from "./options.ts"
import { submissionOf } from "./submission.ts"
import type { ChatEvent, ChatParams, Job, JobResult } from "./wire.ts"

/** A whole answer, and the job that it cost. */
export interface ChatCompletion extends JobResult {
  readonly job: Job
}

/**
 * Begins with the first read and can be read once. Leaving the loop before its end cancels the job, as far as the control
 * plane can be reached.
 */
export class ChatStream implements AsyncIterable<ChatEvent> {
  readonly #http: Http
  readonly #settings: Settings
  readonly #options: SubmitOptions
  readonly #source: Source
  readonly #events: AsyncGenerator<ChatEvent, void, undefined>
  #text = ""
  #failure: unknown
  #result: Promise<ChatCompletion> | undefined

  constructor(http: Http, settings: Settings, params: ChatParams, options: SubmitOptions) {
    this.#http = http
    this.#settings = settings
    this.#options = options
    const submission = submissionOf({ ...params, stream: true }, options.idempotencyKey)
    const request = (): Request => ({ ...submission.request(), onLate: (response) => this.#leave(response) })
    this.#source = { job: undefined, last: 0, submission: { ...submission, request } }
    this.#events = this.#read()
  }

  /** The job's id, once the control plane has told it. */
  get job(): string | undefined {
    return this.#source.job
  }

  [Symbol.asyncIterator](): AsyncGenerator<ChatEvent, void, undefined> {
    return this.#events
  }

  /** The whole text, of what was read in a loop before as well. */
  async text(): Promise<string> {
    await this.#drain()
    return this.#text
  }

  /** The whole answer; reads what is left of the stream, and then the job. */
  result(): Promise<ChatCompletion> {
    this.#result ??= this.#complete()
    return this.#result
  }

  async *#read(): AsyncGenerator<ChatEvent, void, undefined> {
    const call = new Call(this.#settings, this.#options)
    const cancel = () => this.#leave()
    call.signal.addEventListener("abort", cancel)
    this.#failure = new CancelledError("cancelled", "the stream was left before the answer's end")
    let isLeft = true
    try {
      for await (const event of events(this.#http, call, this.#source)) {
        this.#text += event.text ?? ""
        yield event
      }
      this.#failure = undefined
      isLeft = false
    } catch (error) {
      isLeft = false
      this.#failure = this.#explained(error)
      throw this.#failure
    } finally {
      call.signal.removeEventListener("abort", cancel)
      call.end()
      if (isLeft) this.#leave()
    }
  }

  async #complete(): Promise<ChatCompletion> {
    await this.#drain()
    const call = new Call(this.#settings, this.#options)
    try {
      const job = await call.tries(() => this.#http.json<Job>({ method: "GET", path: pathOf(this.job) }, call))
      if (job.result === undefined)
        throw errorOf(job.error ?? job.status, job.error_message ?? `the job is ${job.status}`)
      return { ...job.result, job }
    } catch (error) {
      throw this.#explained(error)
    } finally {
      call.end()
    }
  }

  /** Reads what is left, and throws what went wrong, also before. */
  async #drain(): Promise<void> {
    try {
      for await (const _ of this.#events);
    } catch {
      // Kept, as it is when it was thrown into somebody's loop.
    }
    // The stream is forgotten some minutes after its end, as of a machine that slept; the job is kept longer.
    const isForgotten = this.#failure instanceof NotFoundError && this.job !== undefined
    if (this.#failure !== undefined && !isForgotten) throw this.#failure
  }

  #explained(error: unknown): unknown {
    if (error instanceof InfernetError) {
      error.job = this.job
      error.text = this.#text
    }
    return error
  }

  /** Tells the control plane, once it is known of what, that nobody wants the rest. Nobody waits for that either. */
  #leave(late?: Response): void {
    this.#source.job ??= late?.headers.get("x-infernet-job") ?? undefined
    late?.body?.cancel().catch(() => undefined)
    if (this.job === undefined) return
    const call = new Call(this.#settings, { timeout: this.#settings.idleTimeout })
    this.#http
      .json({ method: "DELETE", path: pathOf(this.job) }, call)
      .catch(() => undefined)
      .finally(() => call.end())
  }
}
