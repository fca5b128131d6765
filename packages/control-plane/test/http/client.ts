/** A client that sees every byte: plain fetch, with a key. */
import type { Plane } from "@infernet/testing/Network"
import { Effect } from "effect"

export interface Answer {
  readonly status: number
  readonly headers: Headers
  readonly text: string
}

interface Init {
  readonly method?: string
  readonly key?: string
  readonly json?: unknown
  readonly body?: string | Uint8Array<ArrayBuffer>
  readonly headers?: Record<string, string>
  readonly signal?: AbortSignal
}

const send = (plane: Plane, path: string, { body, headers, json, key, method, signal }: Init): Promise<Response> =>
  fetch(`${plane.url}${path}`, {
    method: method ?? (json === undefined && body === undefined ? "GET" : "POST"),
    headers: {
      ...(json === undefined ? {} : { "content-type": "application/json" }),
      ...(key === undefined ? {} : { authorization: `Bearer ${key}` }),
      ...headers
    },
    ...(json === undefined ? {} : { body: JSON.stringify(json) }),
    ...(body === undefined ? {} : { body }),
    ...(signal === undefined ? {} : { signal })
  })

const read = async (plane: Plane, path: string, init: Init): Promise<Answer> => {
  const response = await send(plane, path, init)
  return { status: response.status, headers: response.headers, text: await response.text() }
}

/** The whole answer. */
export const call = (plane: Plane, path: string, init: Init = {}): Effect.Effect<Answer> =>
  Effect.promise(() => read(plane, path, init))

export const jsonOf = ({ text }: Answer) => JSON.parse(text)

const reading = async (response: Promise<Response>) => {
  const { body, headers, status } = await response
  if (body === null) throw new Error("no body")
  const reader = body.pipeThrough(new TextDecoderStream()).getReader()
  let text = ""
  /** Everything up to and with `end`. */
  const until = async (end: string): Promise<string> => {
    while (!text.includes(end)) {
      const { done, value } = await reader.read()
      if (done) throw new Error(`the stream ended with ${text}`)
      text += value
    }
    const at = text.indexOf(end) + end.length
    const [head, tail] = [text.slice(0, at), text.slice(at)]
    text = tail
    return head
  }
  return { status, headers, until: (end: string) => Effect.promise(() => until(end)) }
}

/** An answer that is read as it comes. */
export const open = (plane: Plane, path: string, init: Init = {}) =>
  Effect.promise(() => reading(send(plane, path, init)))

/** One request as bytes on a socket, and what comes back until the server is silent or closes. */
export const raw = (plane: Plane, request: string): Effect.Effect<string> =>
  Effect.promise(
    () =>
      new Promise<string>((resolve, reject) => {
        let answer = ""
        void Bun.connect({
          hostname: "127.0.0.1",
          port: plane.port,
          socket: {
            open: (socket) => void socket.write(request),
            data: (_, bytes) => void (answer += new TextDecoder().decode(bytes)),
            close: () => resolve(answer),
            error: (_, error) => reject(error)
          }
        })
      })
  )

export const chat = (content = "hi", part: object = {}) => ({
  model: "tiny",
  messages: [{ role: "user", content }],
  ...part
})
