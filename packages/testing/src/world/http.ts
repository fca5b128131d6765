/** The node API without its doors: requests of a daemon go straight to the registry and the relay. */
import { commandOf } from "@infernet/control-plane/command/view"
import { CommandReport } from "@infernet/contract/Command"
import { CommandId } from "@infernet/contract/Id"
import { Heartbeat, Registration } from "@infernet/contract/Node"
import { SignedBills } from "@infernet/contract/Receipt"
import { DateTime, Effect, Schema } from "effect"
import { HttpClient, type HttpClientRequest, HttpClientResponse } from "effect/http"
import type { Network, Uplink } from "./Network.ts"
import * as Plane from "./Plane.ts"
import type { Time } from "./Time.ts"

const bodyOf = ({ body }: HttpClientRequest.HttpClientRequest): unknown =>
  body._tag === "Uint8Array" ? JSON.parse(new TextDecoder().decode(body.body)) : undefined

interface Answer {
  readonly status: number
  readonly body: unknown
}

const answer = Effect.fnUntraced(function* (
  plane: Plane.Plane | undefined,
  { node }: Uplink,
  request: HttpClientRequest.HttpClientRequest
) {
  // As the proxy before it says.
  if (plane === undefined) return { status: 502, body: { error_message: "the control plane is away" } }
  if (request.url.endsWith("/info")) {
    const server_time = DateTime.formatIso(yield* DateTime.now)
    return { status: 200, body: { control_plane_id: Plane.id, version: "1.0.0", server_time } }
  }
  if (request.method === "DELETE") return { status: 200, body: yield* plane.nodes.leave(node) }
  const [, command] = /\/commands\/(.+)$/.exec(request.url) ?? []
  if (command !== undefined) {
    const report = yield* Schema.decodeUnknownEffect(CommandReport)(bodyOf(request))
    return yield* plane.deliveries.report(node, CommandId.make(command), report).pipe(
      Effect.match({
        onSuccess: (body): Answer => ({ status: 200, body }),
        onFailure: (body) => ({ status: body._tag === "NotFound" ? 404 : 503, body })
      })
    )
  }
  if (request.url.endsWith("/receipts")) {
    const signed = yield* Schema.decodeUnknownEffect(SignedBills)(bodyOf(request))
    return { status: 200, body: yield* plane.receipts.take(node, signed) }
  }
  if (!request.url.endsWith("/heartbeat")) {
    const registration = yield* Schema.decodeUnknownEffect(Registration)(bodyOf(request))
    return { status: 200, body: yield* plane.nodes.register(node, registration) }
  }
  const beat = yield* Schema.decodeUnknownEffect(Heartbeat)(bodyOf(request))
  const reply = yield* plane.nodes.heartbeat(node, beat)
  plane.relay.observe(node, beat.state)
  const commands = (yield* plane.deliveries.open(node)).map((command) => commandOf(command))
  const bills = yield* plane.offers.open(node)
  return { status: 200, body: { ...reply, commands, ...(bills.length > 0 && { bills }) } }
})

/** Requests of one daemon process, lost while its node is partitioned or once it is dead. */
export const make =
  (time: Time, network: Network, plane: () => Plane.Plane | undefined) =>
  (uplink: Uplink): HttpClient.HttpClient =>
    HttpClient.make((request) =>
      Effect.gen(function* () {
        const way = Effect.suspend(() => Effect.sleep(time.delay()))
        const loss = Effect.suspend(() =>
          uplink.dead || network.partitioned.has(uplink.node) ? Effect.never : Effect.void
        )
        yield* Effect.andThen(loss, way)
        const { body, status } = yield* Effect.orDie(answer(plane(), uplink, request))
        yield* Effect.andThen(loss, way)
        return HttpClientResponse.fromWeb(request, new Response(JSON.stringify(body ?? null), { status }))
      })
    )
