/** What every request passes: a name, a Host that is ours, CORS for bearer routes, an access log, JSON for the unknown. */
import { type ApiError, BadRequest, NotFound } from "@infernet/contract/ApiError"
import { Cause, Clock, Effect } from "effect"
import { HttpRouter, HttpServerError, HttpServerRequest, HttpServerResponse } from "effect/http"
import { hostName } from "../session/ownName.ts"
import { Settings } from "../Settings.ts"
import { responseAt } from "./errors.ts"
import { apiErrorOf } from "./failure.ts"
import * as RequestId from "./RequestId.ts"
import * as rateHeaders from "./rateHeaders.ts"
import * as ResponseHeaders from "./ResponseHeaders.ts"
import { routePath } from "./routePath.ts"

const exposed = ["x-request-id", "request-id", "x-infernet-job", "retry-after", ...rateHeaders.names].join(", ")

/** Bearer routes are for any page that has a key: they read no cookie. */
const cors = {
  "access-control-allow-origin": "*",
  "access-control-expose-headers": exposed
}

/** The routes with the cookie are for our own pages, and so is the page that a link opens. */
const isOurOwn = (route: string) => route === "/sign-in" || /^\/api\/v1\/session(\/|$)/.test(route)

/** Answers are one caller's own, and some carry secrets: nobody on the way keeps them. Streams say so themselves. */
const kept = ({ body, headers }: HttpServerResponse.HttpServerResponse) =>
  body._tag === "Raw" || headers["cache-control"] !== undefined ? {} : { "cache-control": "no-store" }

/** The page at `/docs` is ours, and the library in it gets no chance to ask anybody else for anything. */
const docsPolicy = [
  "default-src 'none'",
  "script-src 'unsafe-inline' 'unsafe-eval'",
  "style-src 'unsafe-inline'",
  "img-src 'self' data:",
  "font-src 'self' data:",
  "connect-src 'self'",
  "base-uri 'none'",
  "form-action 'none'",
  "frame-ancestors 'none'"
].join("; ")

/** What the SDKs of OpenAI and Anthropic tell of themselves, from a page as from anywhere. */
const telemetry =
  "arch async custom-poll-interval helper helper-method lang os package-version poll-helper retry-count runtime " +
  "runtime-version timeout"

/** The headers that a page may send. */
const sendable =
  "authorization, content-type, user-agent, idempotency-key, last-event-id, x-api-key, x-infernet-max-price, " +
  "anthropic-version, anthropic-beta, anthropic-dangerous-direct-browser-access, " +
  "openai-organization, openai-project, " +
  telemetry.replaceAll(/\S+/g, (name) => `x-stainless-${name},`).slice(0, -1)

const preflight = HttpServerResponse.empty({
  status: 204,
  headers: {
    ...cors,
    "access-control-allow-methods": "GET, POST, DELETE, OPTIONS",
    "access-control-allow-headers": sendable,
    "access-control-max-age": "86400"
  }
})

const isRouteNotFound = (cause: Cause.Cause<unknown>): boolean =>
  cause.reasons.some(
    (reason) =>
      reason._tag === "Fail" &&
      reason.error instanceof HttpServerError.HttpServerError &&
      reason.error.reason._tag === "RouteNotFound"
  )

export const layer = HttpRouter.middleware(
  Effect.gen(function* () {
    const { allowedHosts } = yield* Settings
    const allowed = (host: string) => allowedHosts.size === 0 || allowedHosts.has(hostName(host))

    const handle = Effect.fnUntraced(function* <E, R>(
      httpEffect: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
      request: HttpServerRequest.HttpServerRequest,
      { path, route }: { readonly path: string; readonly route: string },
      id: string
    ) {
      const write = responseAt(route, request.headers)
      const answer = (error: ApiError) => write(error, id)
      if (!allowed(request.headers["host"] ?? "")) return answer(notOurName(allowedHosts))
      if (request.method === "OPTIONS") return isOurOwn(route) ? HttpServerResponse.empty({ status: 204 }) : preflight
      return yield* Effect.catchCause(httpEffect, (cause) => {
        if (isRouteNotFound(cause)) return Effect.succeed(answer(noSuchRoute(request.method, path)))
        return Cause.hasInterruptsOnly(cause) ? Effect.failCause(cause) : Effect.map(apiErrorOf(cause), answer)
      })
    })

    return (httpEffect) =>
      Effect.gen(function* () {
        const request = yield* HttpServerRequest.HttpServerRequest
        const id = yield* RequestId.make
        const noted = new ResponseHeaders.ResponseHeaders()
        const started = yield* Clock.currentTimeMillis
        const path = URL.parse(request.originalUrl, "http://localhost")?.pathname ?? "/"
        const route = routePath(request.originalUrl)
        const response = yield* handle(httpEffect, request, { path, route }, id).pipe(
          Effect.provideService(RequestId.RequestId, id),
          Effect.provideService(ResponseHeaders.Current, noted),
          Effect.annotateLogs({ request_id: id })
        )
        const ms = (yield* Clock.currentTimeMillis) - started
        const { status } = response
        yield* Effect.logDebug("request", { method: request.method, path, status, ms, request_id: id })
        const policy = route === "/docs" ? { "content-security-policy": docsPolicy } : {}
        // A page that says what it may load is ours as well.
        const open = isOurOwn(route) || response.headers["content-security-policy"] !== undefined ? {} : cors
        return HttpServerResponse.setHeaders(response, {
          ...kept(response),
          ...open,
          ...policy,
          ...noted.get(),
          "x-request-id": id
        })
      })
  }),
  { global: true }
)

const notOurName = (hosts: ReadonlySet<string>) =>
  new BadRequest({
    field: "host",
    error_message: `host: this control plane does not answer to that name, only to ${[...hosts].join(", ")}`
  })

const noSuchRoute = (method: string, path: string) =>
  new NotFound({ error_message: `there is no ${method} ${path} here: see /docs` })
