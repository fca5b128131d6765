/** The client: chats, jobs and models of one control plane, for whoever holds an API key of it. */
import { Call } from "./Call.ts"
import { type ChatCompletion, ChatStream } from "./ChatStream.ts"
import { Http } from "./Http.ts"
import { Jobs } from "./Jobs.ts"
import { type CallOptions, type InfernetOptions, settingsOf, type SubmitOptions } from "./options.ts"
import type { ChatParams, Model, Quote } from "./wire.ts"

export interface Chat {
  /** The whole answer. Aborting cancels the job. */
  (params: ChatParams, options?: SubmitOptions): Promise<ChatCompletion>
  /** The answer as it comes. */
  readonly stream: (params: ChatParams, options?: SubmitOptions) => ChatStream
  /** What the chat would cost at most; asks nothing of a model. */
  readonly quote: (params: ChatParams, options?: CallOptions) => Promise<Quote>
}

export interface Models {
  /** Models on at least one node online now. */
  readonly list: (options?: CallOptions) => Promise<ReadonlyArray<Model>>
}

export class Infernet {
  readonly chat: Chat
  readonly jobs: Jobs
  readonly models: Models

  /** Throws an `UnauthorizedError` where there is no key to be had, and a `BadRequestError` where the address is none. */
  constructor(options: InfernetOptions = {}) {
    const settings = settingsOf(options)
    const http = new Http(settings)
    const stream = (params: ChatParams, options: SubmitOptions = {}) => new ChatStream(http, settings, params, options)
    const asked = async <A>(request: Parameters<Http["json"]>[0], options: CallOptions): Promise<A> => {
      const call = new Call(settings, options)
      try {
        return await call.tries(() => http.json<A>(request, call))
      } finally {
        call.end()
      }
    }
    const list = async (options: CallOptions = {}) =>
      (await asked<{ models: ReadonlyArray<Model> }>({ method: "GET", path: "/api/v1/models" }, options)).models
    const quote = (body: ChatParams, options: CallOptions = {}) =>
      asked<Quote>({ method: "POST", path: "/api/v1/quotes", body: JSON.stringify(body) }, options)
    this.chat = Object.assign((params: ChatParams, options?: SubmitOptions) => stream(params, options).result(), {
      stream,
      quote
    })
    this.jobs = new Jobs(http, settings)
    this.models = { list }
  }
}
