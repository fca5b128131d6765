/** An `HttpServer` on `Bun.serve`, with WebSockets, on a port or a private Unix socket. */
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { ByteSize, Context, Effect, FiberSet, Layer, Option, Result } from "effect"
import { Etag, HttpIncomingMessage, HttpPlatform, HttpServer, HttpServerError } from "effect/http"
import { NetAddress } from "effect/net"
import { clearSocket, holderOf, PortTaken } from "./Address.ts"
import * as Responder from "./Responder.ts"
import * as WebSocketUpgrade from "./WebSocketUpgrade.ts"

export type Options = Partial<WebSocketUpgrade.SocketLimits> & {
  /** The largest body a handler can read, in bytes; past it reading fails with reason `BodyTooLarge`. */
  readonly maxBodySize?: number
  /**
   * How long a connection may be silent after an answer, in seconds up to 255, give or take the 4 in which Bun counts;
   * 60 unless given. Before its first request Bun itself gives a connection about 12.
   */
  readonly idleSeconds?: number
} & ({ readonly port: number; readonly hostname?: string } | { readonly unix: string })

const mebibyte = 1024 * 1024

const idleSecondsOf = ({ idleSeconds = 60 }: Options): number => idleSeconds

/** While nothing is served yet, or not any more. */
const unavailable: Responder.Respond = () =>
  Response.json(
    { error: "internal_error", error_message: "the server is starting or stopping: try again in a few seconds" },
    { status: 503, headers: { "retry-after": "2" } }
  )

/** A mask rather than a chmod afterwards: the socket is private from its first moment. */
const privately = <A>(create: () => A): A => {
  const mask = process.umask(0o177)
  try {
    return create()
  } finally {
    process.umask(mask)
  }
}

const explain = Effect.fnUntraced(function* (error: HttpServerError.ServeError, options: Options) {
  const { cause } = error
  const taken = cause instanceof Error && "code" in cause && cause.code === "EADDRINUSE"
  if (!taken || !("port" in options)) return yield* error
  const holder = Option.getOrUndefined(yield* holderOf(options.port))
  return yield* new PortTaken({ port: options.port, ...(holder === undefined ? {} : { holder }) })
})

const listen = Effect.fnUntraced(function* (options: Options, respond: Responder.Respond) {
  if ("unix" in options) yield* clearSocket(options.unix)
  const logger = yield* Effect.context<never>()
  const onDefect = (error: unknown) => void Effect.runForkWith(logger)(Effect.logError("websocket handler died", error))
  const { maxPayloadLength = mebibyte, backpressureLimit = 32 * mebibyte } = options
  const handlers = {
    idleTimeout: idleSecondsOf(options),
    // Handlers have limits of their own, and words for them. Bun would answer without any, and keeps no more of a body
    // that nobody reads than fits its socket's buffer.
    maxRequestBodySize: Number.MAX_SAFE_INTEGER,
    fetch: respond,
    websocket: WebSocketUpgrade.dispatcher({ maxPayloadLength, backpressureLimit }, onDefect)
  }
  // Typed here, as Bun's types deny a Unix socket the `idleTimeout` that it honours.
  const privateOptions = (unix: string): Omit<typeof handlers, "idleTimeout"> & { unix: string } => ({
    ...handlers,
    unix
  })
  return yield* Effect.try({
    try: () =>
      "unix" in options
        ? privately(() => Bun.serve<WebSocketUpgrade.Connection>(privateOptions(options.unix)))
        : Bun.serve<WebSocketUpgrade.Connection>({ ...handlers, hostname: "127.0.0.1", ...options }),
    catch: (cause) => new HttpServerError.ServeError({ cause })
  }).pipe(Effect.catchTag("ServeError", (error) => explain(error, options)))
})

/** One turn of the event loop, in which Bun writes the answers it has been given. */
const turn = Effect.promise(() => new Promise<void>((resolve) => setImmediate(resolve)))

const make = Effect.fnUntraced(function* (options: Options) {
  let respond: Responder.Respond = unavailable
  const upgraded = new WeakSet<object>()
  const server = yield* Effect.acquireRelease(
    listen(options, (request) => respond(request)),
    (server) => Effect.promise(() => server.stop(true))
  )
  const serve: Parameters<typeof HttpServer.make>[0]["serve"] = Effect.fnUntraced(function* (app, middleware) {
    const maxBodySize = ByteSize.bytes(options.maxBodySize ?? 21 * mebibyte)
    const context = Context.add(yield* Effect.context<never>(), HttpIncomingMessage.MaxBodySize, maxBodySize)
    const fibers = yield* FiberSet.make()
    const idleSeconds = idleSecondsOf(options)
    respond = Responder.make(app, { server, upgraded, fibers, context, middleware, idleSeconds })
    // Here, not only in the release above: what the handlers use is gone by then. Requests under way are
    // answered 503, WebSockets closed with 1001, event streams cut.
    yield* Effect.addFinalizer(() =>
      Effect.sync(() => (respond = unavailable)).pipe(
        // A request may be asking for the very stop, its fiber not in the set yet.
        Effect.andThen(turn),
        Effect.andThen(FiberSet.clear(fibers)),
        Effect.andThen(turn),
        Effect.andThen(Effect.promise(() => server.stop(true)))
      )
    )
  })
  const port = server.port ?? 0
  const address =
    "unix" in options
      ? NetAddress.unixPathAddress(options.unix)
      : NetAddress.inetAddressFromIpString(server.hostname ?? "", port).pipe(
          // A host name rather than an address: `localhost`.
          Result.getOrElse(() => NetAddress.inetAddressUnsafe(NetAddress.ipv4Loopback, port))
        )
  return Context.make(HttpServer.HttpServer, HttpServer.make({ address, serve })).pipe(
    Context.add(WebSocketUpgrade.WebSocketUpgrade, WebSocketUpgrade.make(server, upgraded))
  )
})

/** Listens for as long as the layer lives; nothing is answered before an application is served. */
export const layer = (options: Options) =>
  Layer.effectContext(make(options)).pipe(
    Layer.provideMerge(Layer.merge(HttpPlatform.layer, Etag.layerWeak)),
    Layer.provideMerge(Layer.merge(NodeFileSystem.layer, NodePath.layer))
  )
