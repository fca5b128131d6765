/** One TCP connection to a server, byte by byte. */
import { Effect } from "effect"

export interface Connection {
  readonly send: (text: string) => void
  /** Everything received so far. */
  readonly text: () => string
  /** Waits until this was received. */
  readonly until: (end: string) => Effect.Effect<string>
  /** Waits until the server has closed; gives everything received. */
  readonly closed: Effect.Effect<string>
}

/** Connects for the rest of the test and sends this. */
export const connect = (url: string, first: string) =>
  Effect.gen(function* () {
    const { hostname, port } = new URL(url)
    const decoder = new TextDecoder()
    const closed = Promise.withResolvers<void>()
    let arrived = Promise.withResolvers<void>()
    let text = ""
    const socket = yield* Effect.acquireRelease(
      Effect.promise(() =>
        Bun.connect({
          hostname,
          port: Number(port),
          socket: {
            open: (socket) => void socket.write(first),
            data: (_, bytes) => {
              text += decoder.decode(bytes, { stream: true })
              arrived.resolve()
              arrived = Promise.withResolvers<void>()
            },
            close: () => closed.resolve(),
            error: (_, error) => closed.reject(error)
          }
        })
      ),
      (socket) => Effect.sync(() => socket.terminate())
    )
    const until = async (end: string): Promise<string> => {
      while (!text.includes(end)) {
        const ended = await Promise.race([arrived.promise, closed.promise.then(() => "closed")])
        if (ended === "closed" && !text.includes(end)) throw new Error(`closed without ${end}, after ${text}`)
      }
      return text
    }
    const connection: Connection = {
      send: (text) => void socket.write(text),
      text: () => text,
      until: (end) => Effect.promise(() => until(end)),
      closed: Effect.promise(() => closed.promise.then(() => text))
    }
    return connection
  })

/** A request of HTTP/1.1 up to its body. */
export const head = (method: string, path: string, headers: Readonly<Record<string, string>> = {}): string => {
  const lines = Object.entries({ host: "localhost", ...headers }).map(([name, value]) => `${name}: ${value}\r\n`)
  return `${method} ${path} HTTP/1.1\r\n${lines.join("")}\r\n`
}
