/** Handlers of the node API. The signature was checked before any of them runs. */
import { Api } from "@infernet/contract/api/Api"
import { SignedNode } from "@infernet/contract/api/Authorization"
import { BadRequest, Forbidden } from "@infernet/contract/ApiError"
import { CommandReport } from "@infernet/contract/Command"
import { close } from "@infernet/contract/Link"
import { Heartbeat, Registration } from "@infernet/contract/Node"
import { SignedBills } from "@infernet/contract/Receipt"
import { WebSocketUpgrade } from "@infernet/platform/WebSocketUpgrade"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Offers } from "../bill/Offers.ts"
import { Receipts } from "../bill/Receipts.ts"
import { Deliveries } from "../command/Deliveries.ts"
import { commandOf } from "../command/view.ts"
import { Admission } from "../invite/Admission.ts"
import { Nodes } from "../node/Nodes.ts"
import type { Link } from "../relay/Link.ts"
import { Relay } from "../relay/Relay.ts"
import { HttpServerResponse } from "effect/http"
import * as AddressLimit from "./AddressLimit.ts"
import { decodeJson } from "./body.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "node",
  Effect.fn(function* (handlers) {
    const admission = yield* Admission
    const deliveries = yield* Deliveries
    const codeLimit = yield* AddressLimit.make("tries of link codes")
    const nodes = yield* Nodes
    const offers = yield* Offers
    const receipts = yield* Receipts
    const relay = yield* Relay
    const sockets = yield* WebSocketUpgrade

    return handlers
      .handleRaw("register", ({ request }) =>
        Effect.gen(function* () {
          const { body, id, publicKey } = yield* SignedNode
          const registration = yield* decodeJson(body, Registration, "ignore")
          if (registration.public_key !== publicKey) {
            return yield* new Forbidden({ error_message: "the key in the body is not the node's current key" })
          }
          if (registration.link_code !== undefined) {
            yield* codeLimit.take(request)
          }
          return HttpServerResponse.jsonUnsafe(yield* admission.register(id, registration))
        })
      )
      .handleRaw("heartbeat", () =>
        Effect.gen(function* () {
          const { body, id } = yield* SignedNode
          const beat = yield* decodeJson(body, Heartbeat, "ignore")
          const reply = yield* nodes.heartbeat(id, beat)
          relay.observe(id, beat.state)
          const commands = (yield* deliveries.open(id)).map((command) => commandOf(command))
          const bills = yield* offers.open(id)
          return HttpServerResponse.jsonUnsafe({ ...reply, commands, ...(bills.length > 0 && { bills }) })
        })
      )
      .handleRaw("receipts", () =>
        Effect.gen(function* () {
          const { body, id } = yield* SignedNode
          const answers = yield* decodeJson(body, SignedBills, "ignore")
          return HttpServerResponse.jsonUnsafe(yield* receipts.take(id, answers))
        })
      )
      .handleRaw("report", ({ params }) =>
        Effect.gen(function* () {
          const { body, id } = yield* SignedNode
          const report = yield* decodeJson(body, CommandReport, "ignore")
          return HttpServerResponse.jsonUnsafe(yield* deliveries.report(id, params.command, report))
        })
      )
      .handle("leave", () => Effect.flatMap(SignedNode, ({ id }) => nodes.leave(id)))
      .handleRaw("link", ({ request }) =>
        Effect.gen(function* () {
          const { id, publicKey } = yield* SignedNode
          let link: Link | undefined
          const upgraded = sockets.upgrade(request, {
            open: (socket) => {
              // Changed since the signature was checked: whoever has the new key opens another one.
              if (nodes.publicKey(id) !== publicKey) return socket.close(close.keyRotated, "the node's key was changed")
              link = relay.accept(id, {
                sendText: socket.sendText,
                close: (code, reason) => socket.close(code, reason.slice(0, 120))
              })
            },
            message: (_, data) => link?.onMessage(data),
            close: (_, code, reason) => link?.onClose(reason === "" ? `code ${code}` : reason),
            drain: () => undefined
          })
          return yield* Effect.mapError(
            upgraded,
            () => new BadRequest({ error_message: "this address speaks WebSocket: send an upgrade request" })
          )
        })
      )
  })
)
