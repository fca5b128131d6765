/** Answers web requests with an Effect application, without a layer of promises between them. */
import type { Server } from "bun"
import { Context, Effect, FiberSet, Option, type Scope, Stream } from "effect"
import {
  HttpBody,
  HttpEffect,
  type HttpMiddleware,
  HttpServerError,
  HttpServerRequest,
  HttpServerResponse
} from "effect/http"
import * as StreamEnd from "./StreamEnd.ts"
import type { Connection } from "./WebSocketUpgrade.ts"

type Answer = Response | undefined

/** What Bun calls for each request; `undefined` when the request became a WebSocket. */
export type Respond = (request: Request) => Answer | Promise<Answer>

/** Where the response of the request at hand goes. */
class Reply extends Context.Service<Reply, (answer: Answer) => void>()("@infernet/platform/Responder/Reply") {}

/** A body of this size that nobody has read is let through: cheaper than a new connection. */
const negligible = 64 * 1024

/** Whether the rest of the request's body is not worth its transfer: the answer is there without it. */
const leavesBody = (request: Request, status: number): boolean => {
  if (status === 413) return true
  const { headers } = request
  const announced = headers.has("transfer-encoding") ? Infinity : Number(headers.get("content-length") ?? 0)
  return announced > negligible && !request.bodyUsed
}

/** Calls `rest` just before the end of a streamed body; of any other at once. */
const beforeEnd = (response: HttpServerResponse.HttpServerResponse, rest: () => void) => {
  const { body } = response
  if (body._tag === "Stream") {
    const stream = Stream.ensuring(body.stream, Effect.sync(rest))
    return HttpServerResponse.setBody(response, HttpBody.stream(stream, body.contentType, body.contentLength))
  }
  if (body._tag === "Raw" && body.body instanceof Response && StreamEnd.listen(body.body, rest)) return response
  rest()
  return response
}

/**
 * Runs the application for each request, as a fiber that a client's leaving interrupts.
 *
 * Between a request's head and the end of its answer no silence is too long here: that is for the application to judge.
 */
export const make = (
  app: Effect.Effect<HttpServerResponse.HttpServerResponse, unknown, HttpServerRequest.HttpServerRequest | Scope.Scope>,
  options: {
    readonly server: Server<Connection>
    /** Requests that became WebSockets: they get no response. */
    readonly upgraded: WeakSet<object>
    /** Holds the fiber of every request under way. */
    readonly fibers: FiberSet.FiberSet
    readonly context: Context.Context<never>
    readonly middleware: HttpMiddleware.HttpMiddleware | undefined
    /** How long a connection may be silent between an answer and the next request's head. */
    readonly idleSeconds: number
  }
): Respond => {
  const { server, upgraded, fibers, context: base, middleware, idleSeconds } = options
  const answer = (request: HttpServerRequest.HttpServerRequest, response: HttpServerResponse.HttpServerResponse) =>
    Effect.contextWith((context: Context.Context<Reply>) => {
      const { source } = request
      const reply = Context.get(context, Reply)
      if (!(source instanceof Request) || upgraded.has(source)) return Effect.sync(() => reply(undefined))
      const withoutBody = request.method === "HEAD"
      const rest = () => server.timeout(source, idleSeconds)
      if (HttpServerResponse.omitsBody(response, withoutBody)) rest()
      // The scope of a streamed response lives as long as its body.
      else response = HttpEffect.scopeTransferToStream(beforeEnd(response, rest))
      if (leavesBody(source, response.status)) response = HttpServerResponse.setHeader(response, "connection", "close")
      reply(HttpServerResponse.toWeb(response, { withoutBody, context: base, signal: source.signal }))
      return Effect.void
    })
  const handled = HttpEffect.toHandled(app, answer, middleware)

  return (request) =>
    new Promise((resolve) => {
      server.timeout(request, 0)
      const remoteAddress = Option.fromNullishOr(server.requestIP(request)?.address)
      const received = HttpServerRequest.fromWeb(request).modify({ remoteAddress })
      const context = base.pipe(Context.add(HttpServerRequest.HttpServerRequest, received), Context.add(Reply, resolve))
      const fiber = Effect.runForkWith(context)(handled)
      if (fiber.pollUnsafe() !== undefined) return
      FiberSet.addUnsafe(fibers, fiber)
      const abort = () => fiber.interruptUnsafe(undefined, HttpServerError.ClientAbort.annotation)
      request.signal.addEventListener("abort", abort, { once: true })
      fiber.addObserver(() => request.signal.removeEventListener("abort", abort))
    })
}
