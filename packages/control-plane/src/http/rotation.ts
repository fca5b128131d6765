/** The handler by which an operator gives a node another key. */
import { RequestVerifier } from "@infernet/auth/RequestVerifier"
import { Api } from "@infernet/contract/api/Api"
import { Rotation } from "@infernet/contract/Node"
import * as SignedRequest from "@infernet/contract/SignedRequest"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { NodeKeys } from "../node/NodeKeys.ts"
import { Nodes } from "../node/Nodes.ts"
import { Settings } from "../Settings.ts"
import { decodeJson, limits, readBytes } from "./body.ts"
import { manager } from "./manager.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "rotation",
  Effect.fn(function* (handlers) {
    const keys = yield* NodeKeys
    const nodes = yield* Nodes
    const settings = yield* Settings
    const verifier = yield* RequestVerifier

    return handlers.handleRaw("rotate", ({ params: { id }, request }) =>
      Effect.gen(function* () {
        const operator = yield* manager
        // Before anything is verified or written down: whose node it is, is known here.
        yield* nodes.operated(id, operator)
        const body = yield* readBytes(request, limits.node)
        const rotation = yield* decodeJson(body, Rotation, "error")
        const url = URL.parse(request.originalUrl, "http://localhost")
        yield* verifier.verifyRequest({
          controlPlane: settings.id,
          node: id,
          method: request.method,
          path: url === null ? "" : url.pathname + url.search,
          body,
          header: request.headers[SignedRequest.header],
          publicKey: Effect.succeed(rotation.public_key)
        })
        return HttpServerResponse.jsonUnsafe(yield* keys.rotate(id, operator, rotation))
      })
    )
  })
)
