/** Requests to a control plane: one try each, its silence watched, its errors as classes. */
import type { Call } from "./Call.ts"
import { ConnectionError, InfernetError, TimeoutError, errorOf } from "./errors.ts"
import type { Settings } from "./options.ts"
import { refusalOf } from "./refusal.ts"

export interface Request {
  readonly method: "GET" | "POST" | "DELETE"
  readonly path: string
  readonly body?: string
  readonly headers?: Record<string, string>
  /** Called with the answer that comes after the call was aborted. With it the request itself goes on until then. */
  readonly onLate?: (response: Response) => void
}

/** An answer whose body can still be read, until it is closed. */
export interface Answer {
  readonly response: Response
  /** The body as it comes. */
  readonly pieces: () => AsyncGenerator<string, void, undefined>
  readonly close: () => void
}

/** A job's own path. */
export const pathOf = (id = ""): string => `/api/v1/jobs/${encodeURIComponent(id)}`

/** Bytes a second at which a body may be sent before that counts as silence. */
const slowest = 64 * 1024

export class Http {
  readonly #settings: Settings

  constructor(settings: Settings) {
    this.#settings = settings
  }

  /** One try. Gives the answer once its head is there and good; throws an `InfernetError`, or why the call was aborted. */
  async open(request: Request, call: Call): Promise<Answer> {
    const { apiKey, baseUrl, fetch, headers, idleTimeout, time } = this.#settings
    call.signal.throwIfAborted()
    const controller = new AbortController()
    const watch = (millis = idleTimeout) =>
      time.after(millis, () => controller.abort(new TimeoutError("idleTimeout", millis)))
    const leave = () => controller.abort(call.signal.reason)
    const { body, method, onLate } = request

    const stop = watch(idleTimeout + ((body?.length ?? 0) / slowest) * 1000)
    const send = (key: string) =>
      fetch(baseUrl + request.path, {
        method,
        headers: {
          ...headers,
          ...request.headers,
          authorization: `Bearer ${key}`,
          ...(body !== undefined && { "content-type": "application/json" })
        },
        ...(body !== undefined && { body }),
        // Else the request would go on to wherever the answer says, with its prompt and its headers.
        redirect: "manual",
        signal: controller.signal
      })
    // A key at hand sends the request in this very turn.
    const fetched = (typeof apiKey === "string" ? send(apiKey) : Promise.resolve(apiKey()).then(send)).finally(stop)
    const failure = (cause: unknown) => {
      // Of the aborts' reasons; platforms differ in what their `fetch` throws.
      if (controller.signal.aborted) return controller.signal.reason
      // Thrown by what gives the key.
      if (cause instanceof InfernetError) return cause
      return new ConnectionError(
        `no answer from ${baseUrl}: ${cause instanceof Error ? cause.message : String(cause)}`,
        cause
      )
    }
    if (onLate === undefined) call.signal.addEventListener("abort", leave)
    let response: Response
    try {
      response = await call.until(fetched)
    } catch (cause) {
      call.signal.removeEventListener("abort", leave)
      if (!call.signal.aborted) throw failure(cause)
      // Nobody waits for the answer any more, nor hears that there is none.
      fetched.then(onLate, () => undefined)
      throw call.signal.reason
    }
    if (onLate !== undefined) call.signal.addEventListener("abort", leave)
    if (call.signal.aborted) leave()

    const close = () => {
      call.signal.removeEventListener("abort", leave)
      controller.abort()
    }
    const answer = { response, pieces: () => pieces(response, watch, failure), close }
    if (response.ok) return answer
    try {
      throw refusalOf(response.status, (name) => response.headers.get(name), await whole(answer))
    } finally {
      close()
    }
  }

  /** One try for an answer of JSON. */
  async json<A>(request: Request, call: Call): Promise<A> {
    const answer = await this.open(request, call)
    try {
      const text = await whole(answer)
      return parsed(text, `the answer to ${request.method} ${request.path}`)
    } finally {
      answer.close()
    }
  }
}

/** Throws an error that quotes what is not JSON, under the name given. */
export const parsed = <A>(text: string, name: string): A => {
  try {
    return JSON.parse(text)
  } catch (cause) {
    throw errorOf("unexpected_response", `${name} is not JSON: ${text.slice(0, 100)}`, { cause })
  }
}

async function* pieces(
  response: Response,
  watch: () => () => void,
  failure: (cause: unknown) => unknown
): AsyncGenerator<string, void, undefined> {
  const decoder = new TextDecoder()
  const reader = response.body?.getReader()
  for (;;) {
    // Not while the reader is busy with what it has: only the sender's silence counts.
    const stop = watch()
    const read = await reader
      ?.read()
      .catch((cause: unknown) => {
        throw failure(cause)
      })
      .finally(stop)
    if (read === undefined || read.done) return stop()
    yield decoder.decode(read.value, { stream: true })
  }
}

/** Characters after which an answer is none of a control plane's; a page of the longest jobs stays far below. */
const longest = 256 * 1024 * 1024

const whole = async (answer: Answer): Promise<string> => {
  let text = ""
  for await (const piece of answer.pieces()) {
    text += piece
    if (text.length > longest) throw errorOf("unexpected_response", "the answer does not end: is the address right?")
  }
  return text
}
