/** The money's way from a job to its receipt over real sockets, as the node keeps it. */
import { noble } from "@infernet/auth/verifier/noble"
import { verifyWith } from "@infernet/auth/verifier/Curve"
import { describe, expect } from "bun:test"
import { AccountId } from "@infernet/contract/Id"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { type DaemonEvent, DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Claims } from "@infernet/daemon/receipt/Claims"
import { ReceiptBooks } from "@infernet/daemon/receipt/ReceiptBooks"
import { parseAsks } from "@infernet/payment/price/ask"
import { holds } from "@infernet/payment/receipt/Finding"
import { verifyReceipt } from "@infernet/payment/receipt/verify"
import * as Chats from "@infernet/testing/fakes/Chats"
import { planeId } from "@infernet/testing/fakes/planeIdentity"
import { it } from "@infernet/testing/harness"
import * as Network from "@infernet/testing/Network"
import { Context, Effect, Fiber, Layer, Stream } from "effect"
import { dirname, join } from "node:path"
import * as client from "../../control-plane/test/http/client.ts"

/** A network that charges, a client with a dollar, and a node that asks half the list price. */
const charging = Effect.gen(function* () {
  const plane = yield* Network.plane({ payments: { ...paymentsOff, mode: "ledger" } })
  const { id, key } = yield* Network.account(plane)
  const deposit = { account: AccountId.make(id), amount: 1_000_000n, reference: "test" }
  yield* Context.get(plane.services, Ledger).deposit(deposit)
  const chats = yield* Chats.make
  const node = yield* Network.node(plane, { chat: chats.chat }, parseAsks("50%"))
  const events = Context.get(node.daemon, DaemonEvents).stream
  /** The next thing that comes of a bill. */
  const outcome = yield* events.pipe(
    Stream.filter(({ type }: DaemonEvent) => type === "receipt" || type === "bill_disputed"),
    Stream.take(1),
    Stream.runCollect,
    Effect.forkChild({ startImmediately: true })
  )
  const folder = Claims.layerFolder(join(dirname(node.keys), "receipts"))
  const claims = Context.get(yield* Layer.build(Layer.provide(folder, Layer.succeedContext(plane.http))), Claims)
  return { chats, claims, key, node, outcome: Fiber.join(outcome), plane }
})

describe("a job that was done leaves its node", () => {
  it.live("a receipt that anybody can verify, over what the node has counted at what it asks", () =>
    Effect.gen(function* () {
      const { chats, claims, key, node, outcome, plane } = yield* charging
      const answer = yield* Effect.forkChild(
        client.call(plane, "/v1/chat/completions", { key, json: client.chat("how are you?") })
      )
      const chat = yield* chats.next
      chat.say("quite ", "well")
      chat.finish()
      expect((yield* Fiber.join(answer)).status).toBe(200)
      expect(yield* outcome).toMatchObject([{ type: "receipt", tokens: 2, amount: 2n }])
      const [claim] = yield* claims.newest
      expect(claim).toMatchObject({
        sums: { bills: 1, signed: 2n, countersigned: 2n },
        receipt: {
          seq: 1,
          cumulative: "2",
          usage: { prompt_tokens: 3, completion_tokens: 2, output_micros_per_1k: "500" }
        }
      })
      const { findings } = verifyReceipt({ verify: verifyWith(noble) }, claim?.receipt, { controlPlane: planeId })
      expect(holds(findings)).toBe(true)
      expect(Context.get(node.daemon, ReceiptBooks).channels()[0]?.open.size).toBe(0)
    })
  )

  it.live("a receipt of what was done of it, where its client has stopped it", () =>
    Effect.gen(function* () {
      const { chats, key, outcome, plane } = yield* charging
      const job = client.jsonOf(yield* client.call(plane, "/api/v1/jobs", { key, json: client.chat("go on") }))
      const chat = yield* chats.next
      chat.say("one ", "two ", "three ")
      const stream = yield* client.open(plane, `/api/v1/jobs/${job.id}/stream`, { key })
      yield* stream.until("three")
      yield* client.call(plane, `/api/v1/jobs/${job.id}`, { key, method: "DELETE" })
      expect(yield* outcome).toMatchObject([{ type: "receipt", tokens: 3 }])
    })
  )
})
