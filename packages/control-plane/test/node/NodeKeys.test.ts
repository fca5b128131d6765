import { describe, expect } from "bun:test"
import { Unavailable } from "@infernet/contract/ApiError"
import { NodeKeys } from "@infernet/control-plane/node/NodeKeys"
import { Nodes } from "@infernet/control-plane/node/Nodes"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import { Relay } from "@infernet/control-plane/relay/Relay"
import { Settings } from "@infernet/control-plane/Settings"
import { Router } from "@infernet/routing/Router"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Fiber, Latch, Layer } from "effect"
import { TestClock } from "effect/testing"
import { alice } from "../command/storedCommands.ts"
import { nodeId, settings } from "../world.ts"

const id = nodeId(1)
const key = (n: number) => `02${n.toString(16).padStart(64, "0")}`
const admin = { account: alice, role: "admin" } as const
const registration = { public_key: key(1), name: "n", version: "1" }

/** One node with key 1, in a store that may lose an answer or wait with it, and control planes over that store. */
const world = Effect.gen(function* () {
  const store = Context.get(yield* Layer.build(Layer.fresh(NodeStore.layerMemory)), NodeStore)
  const gate = yield* Latch.make(true)
  const plan = { loses: false, bans: false }
  const retired: Array<string> = []
  const gone = new Unavailable({ error_message: "the test" })
  const shaky = NodeStore.of({
    ...store,
    all: Effect.map(store.all, (nodes) => nodes.map((node) => ({ ...node, banned: plan.bans }))),
    rotate: (rotation) =>
      Effect.andThen(
        gate.await,
        Effect.flatMap(store.rotate(rotation), (done) => (plan.loses ? Effect.fail(gone) : Effect.succeed(done)))
      )
  })
  const noting = (relay: Relay["Service"]) => Relay.of({ ...relay, rotated: (node) => void retired.push(node) })
  const start = Effect.map(
    Layer.build(
      Layer.fresh(
        NodeKeys.layer.pipe(
          Layer.provide(Layer.effect(Relay, Effect.map(Relay, noting)).pipe(Layer.provide(Relay.layer))),
          Layer.provide([Router.layer, Layer.succeed(Settings, settings)]),
          Layer.provideMerge(Nodes.layer),
          Layer.provide(Layer.succeed(NodeStore, shaky))
        )
      )
    ),
    (context) => ({ keys: Context.get(context, NodeKeys), nodes: Context.get(context, Nodes) })
  )
  const plane = yield* start
  yield* plane.nodes.register(id, registration)
  const rotate = (from: number, to: number, { keys } = plane) =>
    keys.rotate(id, admin, { public_key: key(to), replaces: key(from) })
  return { ...plane, gate, plan, retired, rotate, start, store }
})

describe("a control plane's keys of nodes", () => {
  it("are those that are stored, for one that has started again, and after an answer that was lost", () =>
    Effect.gen(function* () {
      const { nodes, plan, retired, rotate, start } = yield* world
      plan.loses = true
      expect((yield* Effect.flip(rotate(1, 2)))._tag).toBe("Unavailable")
      expect((yield* start).nodes.publicKey(id)).toBe(key(2))
      plan.loses = false
      yield* rotate(1, 2)
      expect([nodes.publicKey(id), retired]).toEqual([key(2), [id]])
    }))

  it("are changed whole when who asked has gone", () =>
    Effect.gen(function* () {
      const { gate, nodes, retired, rotate } = yield* world
      gate.closeUnsafe()
      const asked = yield* Effect.forkChild(rotate(1, 2), { startImmediately: true })
      const gone = yield* Effect.forkChild(Fiber.interrupt(asked), { startImmediately: true })
      gate.openUnsafe()
      yield* Fiber.join(gone)
      expect([nodes.publicKey(id), retired]).toEqual([key(2), [id]])
    }))

  it("do not go back with a registration that was read before the change", () =>
    Effect.gen(function* () {
      const { nodes, rotate, store } = yield* world
      yield* nodes.register(id, registration, (node) =>
        Effect.gen(function* () {
          const row = yield* store.register(node)
          yield* Effect.orDie(rotate(1, 2))
          return row
        })
      )
      expect(nodes.publicKey(id)).toBe(key(2))
    }))

  it("sign receipts for a day after their time, and nothing for a node that is unknown or banned", () =>
    Effect.gen(function* () {
      const { keys, plan, rotate, start } = yield* world
      yield* rotate(1, 2)
      const may = (use: "requests" | "receipts") =>
        Effect.map(keys.signers(id, use), (signers) => signers.map(({ publicKey }) => publicKey))
      expect([yield* may("requests"), yield* may("receipts")]).toEqual([[key(2)], [key(2), key(1)]])
      yield* TestClock.adjust("24 hours")
      expect(yield* may("receipts")).toEqual([key(2)])
      expect(yield* keys.signers(nodeId(2), "receipts")).toEqual([])
      plan.bans = true
      expect(yield* (yield* start).keys.signers(id, "receipts")).toEqual([])
    }))
})
