/** Many requests at once, each on a connection of its own that may be cut. */
import type { Plane } from "@infernet/testing/Network"
import { Deferred, Effect } from "effect"

export interface Exchange {
  /** Completes with the first byte of the answer's body. */
  readonly begun: Deferred.Deferred<void>
  /** The whole answer, without its head; undefined where it was cut off. */
  readonly body: Deferred.Deferred<string | undefined>
  /** Closes the connection, whatever has gone through it. */
  readonly cut: () => void
}

export interface Request {
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly json: unknown
}

/** Chunks of `transfer-encoding: chunked` joined; other bodies as they are. */
const bodyOf = (answer: string): string => {
  const at = answer.indexOf("\r\n\r\n")
  const [head, body] = [answer.slice(0, at), answer.slice(at + 4)]
  if (!/transfer-encoding: chunked/i.test(head)) return body
  let [text, rest] = ["", body]
  while (rest !== "") {
    const line = rest.indexOf("\r\n")
    const size = Number.parseInt(rest.slice(0, line), 16)
    if (!(size > 0)) break
    text += rest.slice(line + 2, line + 2 + size)
    rest = rest.slice(line + 4 + size)
  }
  return text
}

/** Sends a request; its connection closes with its end. */
export const send = (plane: Plane, { headers, json, path }: Request): Effect.Effect<Exchange> =>
  Effect.promise(async () => {
    const begun = Deferred.makeUnsafe<void>()
    const body = Deferred.makeUnsafe<string | undefined>()
    const decoder = new TextDecoder()
    let text = ""
    let isCut = false
    const payload = JSON.stringify(json)
    const head = Object.entries({
      host: `127.0.0.1:${plane.port}`,
      connection: "close",
      "content-type": "application/json",
      "content-length": String(Buffer.byteLength(payload)),
      ...headers
    }).map(([name, value]) => `${name}: ${value}\r\n`)
    const socket = await Bun.connect({
      hostname: "127.0.0.1",
      port: plane.port,
      socket: {
        data: (_socket, bytes) => {
          text += decoder.decode(bytes, { stream: true })
          if (/\r\n\r\n[^]/.test(text)) Deferred.doneUnsafe(begun, Effect.void)
        },
        close: () => {
          Deferred.doneUnsafe(begun, Effect.void)
          Deferred.doneUnsafe(body, Effect.succeed(isCut ? undefined : bodyOf(text)))
        }
      }
    })
    socket.write(`POST ${path} HTTP/1.1\r\n${head.join("")}\r\n${payload}`)
    const cut = () => {
      isCut = true
      socket.terminate()
    }
    return { begun, body, cut }
  })
