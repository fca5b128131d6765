/** The client: chats, jobs and models of one control plane, for whoever holds an API key of it. */
import { Call } from "./Call.ts"
import { type ChatCompletion, ChatStream } from "./ChatStream.ts"
import { Http } from "./Http.ts"
import { Jobs } from "./Jobs.ts"
import { type CallOptions, type InfernetOptions, settingsOf, type SubmitOptions } from "./options.ts"
import type { ChatParams, Model } from "./wire.ts"

export interface Chat {
  /** The whole answer. Aborting cancels the job. */
  (params: ChatParams, options?: SubmitOptions): Promise<ChatCompletion>
  /** The answer as it comes. */
  readonly stream: (params: ChatParams, options?: SubmitOptions) => ChatStream
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
    const list = async (options: CallOptions = {}) => {
      const call = new Call(settings, options)
      try {
        const request = { method: "GET", path: "/api/v1/models" } as const
        return (await call.tries(() => http.json<{ models: ReadonlyArray<Model> }>(request, call))).models
      } finally {
        call.end()
      }
    }
    this.chat = Object.assign((params: ChatParams, options?: SubmitOptions) => stream(params, options).result(), {
      stream
    })
    this.jobs = new Jobs(http, settings)
    this.models = { list }
  }
}
