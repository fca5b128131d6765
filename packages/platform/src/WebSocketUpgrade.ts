/** Turns a request into a WebSocket driven by plain callbacks: a message costs no fiber. */
import type { Server, ServerWebSocket, WebSocketHandler } from "bun"
import { Context, Effect, Schema } from "effect"
import { type HttpServerRequest, HttpServerResponse } from "effect/http"

/** An open WebSocket. Sending never blocks: the result tells what became of the frame. */
export interface Socket {
  /** Bytes sent; -1 when the frame waits in the buffer (stop until `drain`); 0 when it was dropped. */
  readonly sendText: (text: string) => number
  /** As `sendText`, for a binary frame. */
  readonly sendBinary: (bytes: Uint8Array) => number
  /** Closes with a code; `close` of the handlers is still called. */
  readonly close: (code?: number, reason?: string) => void
  /** Bytes accepted by `send…` that the peer's connection has not taken yet. */
  readonly bufferedAmount: () => number
}

/** Called synchronously by the server; whatever one throws closes the socket with 1011 and is logged. */
export interface SocketHandlers {
  readonly open: (socket: Socket) => void
  readonly message: (socket: Socket, data: string | Uint8Array) => void
  readonly close: (socket: Socket, code: number, reason: string) => void
  readonly drain: (socket: Socket) => void
}

export interface SocketLimits {
  /** The largest frame taken; a larger one closes the socket. */
  readonly maxPayloadLength: number
  /** Unsent bytes at which a reader counts as gone and its socket is closed: no frame is lost silently. */
  readonly backpressureLimit: number
}

/** The request does not ask for a WebSocket. */
export class UpgradeRequired extends Schema.TaggedError<UpgradeRequired>()(
  "UpgradeRequired",
  {},
  { httpApiStatus: 426 }
) {}

export interface Connection {
  readonly handlers: SocketHandlers
  readonly socket: Socket
}

/** What a connection is before it opens. */
const unopened: Socket = { sendText: () => 0, sendBinary: () => 0, close: () => undefined, bufferedAmount: () => 0 }

/** Answers a WebSocket handshake. The response it gives is the handler's result; its content is never sent. */
export class WebSocketUpgrade extends Context.Service<
  WebSocketUpgrade,
  {
    readonly upgrade: (
      request: HttpServerRequest.HttpServerRequest,
      handlers: SocketHandlers
    ) => Effect.Effect<HttpServerResponse.HttpServerResponse, UpgradeRequired>
  }
>()("@infernet/platform/WebSocketUpgrade") {}

/** The service over a running server; `upgraded` receives the requests that must get no HTTP response. */
export const make = (server: Server<Connection>, upgraded: WeakSet<object>): WebSocketUpgrade["Service"] => ({
  upgrade: (request, handlers) =>
    Effect.suspend(() => {
      if (!(request.source instanceof Request)) return Effect.fail(new UpgradeRequired())
      const accepted = server.upgrade(request.source, { data: { handlers, socket: unopened } })
      if (!accepted) return Effect.fail(new UpgradeRequired())
      upgraded.add(request.source)
      return Effect.succeed(HttpServerResponse.empty({ status: 200 }))
    })
})

const wrap = (raw: ServerWebSocket<Connection>): Socket => ({
  sendText: (text) => raw.sendText(text),
  sendBinary: (bytes) => raw.sendBinary(bytes),
  close: (code, reason) => raw.close(code, reason),
  bufferedAmount: () => raw.getBufferedAmount()
})

/** Bun's side: hands each event to the connection's own handlers. */
export const dispatcher = (limits: SocketLimits, onDefect: (error: unknown) => void): WebSocketHandler<Connection> => ({
  maxPayloadLength: limits.maxPayloadLength,
  backpressureLimit: limits.backpressureLimit,
  closeOnBackpressureLimit: true,
  perMessageDeflate: false,
  // Liveness belongs to the protocol spoken on the socket.
  idleTimeout: 0,
  sendPings: false,
  open(raw) {
    // Bun's default, Buffer, is a Uint8Array whose `slice` shares memory.
    raw.binaryType = "uint8array"
    raw.data = { handlers: raw.data.handlers, socket: wrap(raw) }
    raw.data.handlers.open(raw.data.socket)
  },
  message: (raw, data) => raw.data.handlers.message(raw.data.socket, data),
  close: (raw, code, reason) => raw.data.handlers.close(raw.data.socket, code, reason),
  drain: (raw) => raw.data.handlers.drain(raw.data.socket),
  error(error, raw) {
    onDefect(error)
    raw.close(1011, "internal error")
  }
})
