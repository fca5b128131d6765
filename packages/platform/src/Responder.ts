/** Answers web requests with an Effect application, without a layer of promises between them. */
import type { Server } from "bun"
import { Context, Effect, FiberSet, Option, type Scope } from "effect"
import { HttpEffect, type HttpMiddleware, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import type { Connection } from "./WebSocketUpgrade.ts"

type Answer = Response | undefined

/** What Bun calls for each request; `undefined` when the request became a WebSocket. */
export type Respond = (request: Request) => Answer | Promise<Answer>

/** Where the response of the request at hand goes. */
class Reply extends Context.Service<Reply, (answer: Answer) => void>()("@infernet/platform/Responder/Reply") {}

/** Runs the application for each request, as a fiber that a client's leaving interrupts. */
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
  }
): Respond => {
  const { server, upgraded, fibers, context: base, middleware } = options
  const answer = (request: HttpServerRequest.HttpServerRequest, response: HttpServerResponse.HttpServerResponse) =>
    Effect.contextWith((context: Context.Context<Reply>) => {
      const { source } = request
      const reply = Context.get(context, Reply)
      if (!(source instanceof Request) || upgraded.has(source)) return Effect.sync(() => reply(undefined))
      const withoutBody = request.method === "HEAD"
      // The scope of a streamed response lives as long as its body.
      const scoped = HttpServerResponse.omitsBody(response, withoutBody)
        ? response
        : HttpEffect.scopeTransferToStream(response)
      reply(HttpServerResponse.toWeb(scoped, { withoutBody, context: base, signal: source.signal }))
      return Effect.void
    })
  const handled = HttpEffect.toHandled(app, answer, middleware)

  return (request) =>
    new Promise((resolve) => {
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
