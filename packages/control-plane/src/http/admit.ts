/** Lets a caller through whose limits allow it, and tells on the answer what is left of them. */
import { Caller } from "@infernet/contract/api/Authorization"
import { Clock, Effect } from "effect"
import { HttpServerRequest, type HttpServerResponse } from "effect/http"
import type { Identity } from "../account/Callers.ts"
import { Limits } from "../limits/Limits.ts"
import { rateHeaders } from "./rateHeaders.ts"
import * as ResponseHeaders from "./ResponseHeaders.ts"

/** Endpoints that cost no request: whoever has asked too much must still be able to stop what runs. */
const free: ReadonlySet<string> = new Set(["cancel"])

export const make = Effect.gen(function* () {
  const limits = yield* Limits
  const clock = yield* Clock.Clock

  return Effect.fnUntraced(function* <E, R>(
    httpEffect: Effect.Effect<HttpServerResponse.HttpServerResponse, E, R>,
    { caller, subject }: Identity,
    { identifier }: { readonly identifier: string }
  ) {
    const { originalUrl } = yield* HttpServerRequest.HttpServerRequest
    const refused = free.has(identifier) ? undefined : limits.request(subject)
    const headers = yield* ResponseHeaders.Current
    headers.set(() => {
      const path = URL.parse(originalUrl, "http://localhost")?.pathname ?? "/"
      return rateHeaders(limits.standing(subject), clock.currentTimeMillisUnsafe(), path)
    })
    if (refused !== undefined) return yield* refused
    return yield* Effect.provideService(httpEffect, Caller, caller)
  })
})
