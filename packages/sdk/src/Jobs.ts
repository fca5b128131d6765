/** Jobs by themselves: submitted, read, listed, cancelled, waited for. */
import { Call } from "./Call.ts"
import { InfernetError, StreamCutError, TimeoutError } from "./errors.ts"
import { events } from "./events.ts"
import { type Http, pathOf, type Request } from "./Http.ts"
import type { CallOptions, Settings, SubmitOptions } from "./options.ts"
import { isOver } from "./retry.ts"
import { submissionOf } from "./submission.ts"
import type { ChatEvent, ChatParams, Job, JobAccepted, JobPage, JobQuery } from "./wire.ts"

export class Jobs {
  readonly #http: Http
  readonly #settings: Settings

  constructor(http: Http, settings: Settings) {
    this.#http = http
    this.#settings = settings
  }

  /** Submits a job and does not wait for it. */
  submit(params: ChatParams, options: SubmitOptions = {}): Promise<JobAccepted> {
    const { renew, request } = submissionOf(params, options.idempotencyKey)
    return this.#within(options, (call) =>
      call.tries(() =>
        this.#http.json<JobAccepted>(request(), call).catch((error: unknown) => {
          if (error instanceof InfernetError && isOver(error.code)) renew(error.code)
          throw error
        })
      )
    )
  }

  get(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#json({ method: "GET", path: pathOf(id) }, options)
  }

  /** Stops a job within a second; gives it as it is then. An ended one stays as it is. */
  cancel(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#json({ method: "DELETE", path: pathOf(id) }, options)
  }

  /** One page of your own jobs, newest first. */
  page(query: JobQuery = {}, options: CallOptions = {}): Promise<JobPage> {
    const search = new URLSearchParams(Object.entries(query).map(([name, value]) => [name, String(value)]))
    return this.#json({ method: "GET", path: `/api/v1/jobs${search.size > 0 ? `?${search}` : ""}` }, options)
  }

  /** All of your own jobs, newest first, a page at a time as the loop goes on. */
  async *list(query: JobQuery = {}, options: CallOptions = {}): AsyncGenerator<Job, void, undefined> {
    let cursor: string | null | undefined = query.cursor
    do {
      const page: JobPage = await this.page({ ...query, ...(cursor !== undefined && { cursor }) }, options)
      yield* page.jobs
      cursor = page.next_cursor
    } while (cursor !== null)
  }

  /** A job's events after number `after`, from the first without it. Leaving the loop leaves the job alone. */
  async *stream(
    id: string,
    options: CallOptions & { readonly after?: number } = {}
  ): AsyncGenerator<ChatEvent, void, undefined> {
    const call = new Call(this.#settings, options)
    let text = ""
    try {
      for await (const event of events(this.#http, call, { job: id, last: options.after ?? 0 })) {
        text += event.text ?? ""
        yield event
      }
    } catch (error) {
      throw error instanceof InfernetError ? Object.assign(error, { job: id, text }) : error
    } finally {
      call.end()
    }
  }

  /** The job once it has ended, however it did: see its `status`. */
  wait(id: string, options: CallOptions = {}): Promise<Job> {
    return this.#within(options, async (call) => {
      let failure: InfernetError | undefined
      for (;;) {
        const job = await call.tries(() => this.#http.json<Job>({ method: "GET", path: pathOf(id) }, call))
        if (job.status !== "pending" && job.status !== "processing") return job
        if (failure !== undefined)
          await call.retry(new StreamCutError("the job runs, but its stream broke off", failure))
        failure = await this.#end(id, call)
      }
    })
  }

  /** Reads a job's stream to its end; gives the error that it ended with, as the job tells more of that. */
  async #end(id: string, call: Call): Promise<InfernetError | undefined> {
    try {
      for await (const _ of events(this.#http, call, { job: id, last: 0 }));
      return undefined
    } catch (error) {
      if (!(error instanceof InfernetError) || error instanceof StreamCutError || error instanceof TimeoutError)
        throw error
      return error
    }
  }

  #json<A>(request: Request, options: CallOptions): Promise<A> {
    return this.#within(options, (call) => call.tries(() => this.#http.json<A>(request, call)))
  }

  async #within<A>(options: CallOptions, run: (call: Call) => Promise<A>): Promise<A> {
    const call = new Call(this.#settings, options)
    try {
      return await run(call)
    } finally {
      call.end()
    }
  }
}
