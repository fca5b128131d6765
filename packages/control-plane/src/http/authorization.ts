/** Who a request is from: keys for clients, signatures for nodes. */
import { RequestVerifier } from "@infernet/auth/RequestVerifier"
import { addressOf } from "@infernet/auth/signature"
import { NodeSignature, SignedNode } from "@infernet/contract/api/Authorization"
import { BadRequest } from "@infernet/contract/ApiError"
import { NodeId } from "@infernet/contract/Id"
import { Registration } from "@infernet/contract/Node"
import * as SignedRequest from "@infernet/contract/SignedRequest"
import { Effect, Layer, Option, Schema } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { Nodes } from "../node/Nodes.ts"
import { Settings } from "../Settings.ts"
import * as AddressLimit from "./AddressLimit.ts"
import * as bearer from "./bearer.ts"
import { decodeJson, limits, readBytes } from "./body.ts"

/** The key that a registration brings, if it gives the id it registers. */
const registeringKey = Effect.fnUntraced(function* (id: NodeId, body: Uint8Array) {
  const registration = yield* Effect.option(decodeJson(body, Registration, "ignore"))
  if (Option.isNone(registration)) return undefined
  const key = registration.value.public_key
  return addressOf(key) === id ? key : undefined
})

const NodeSignatureLayer = Layer.effect(
  NodeSignature,
  Effect.gen(function* () {
    const verifier = yield* RequestVerifier
    const nodes = yield* Nodes
    const settings = yield* Settings
    const registrations = yield* AddressLimit.make("new nodes")

    /** The node's current key; of one that nobody knows, the key that its registration brings. */
    const keyOf = Effect.fnUntraced(function* (
      node: NodeId,
      registers: boolean,
      request: HttpServerRequest.HttpServerRequest,
      body: Uint8Array
    ) {
      const known = nodes.publicKey(node)
      if (known !== undefined || !registers) return known
      yield* registrations.take(request)
      return yield* registeringKey(node, body)
    })

    return NodeSignature.of(
      Effect.fnUntraced(function* (httpEffect, { endpoint }) {
        const request = yield* HttpServerRequest.HttpServerRequest
        const { params } = yield* HttpRouter.RouteContext
        const id = Schema.decodeUnknownOption(NodeId)(params["id"])
        if (Option.isNone(id)) {
          return yield* new BadRequest({ field: "id", error_message: "id: expected a node id, 0x and 40 hex digits" })
        }
        const node = id.value
        const bodyless = request.method === "GET" || request.method === "DELETE"
        const body = bodyless ? new Uint8Array() : yield* readBytes(request, limits.node)
        const url = URL.parse(request.originalUrl, "http://localhost")
        let publicKey: string | undefined
        yield* verifier.verifyRequest({
          controlPlane: settings.id,
          node,
          method: request.method,
          path: url === null ? "" : url.pathname + url.search,
          body,
          header: request.headers[SignedRequest.header],
          publicKey: Effect.tap(keyOf(node, endpoint.identifier === "register", request, body), (key) =>
            Effect.sync(() => (publicKey = key))
          )
        })
        return yield* Effect.provideService(httpEffect, SignedNode, { id: node, publicKey: publicKey ?? "", body })
      })
    )
  })
)

export const layer = Layer.merge(bearer.layer, NodeSignatureLayer)
