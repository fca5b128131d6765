import { describe, expect } from "bun:test"
import type { CommandProgress, IssueCommand } from "@infernet/contract/Command"
import type { CommandId } from "@infernet/contract/Id"
import { Commands } from "@infernet/control-plane/command/Commands"
import { Deliveries } from "@infernet/control-plane/command/Deliveries"
import { CommandStore } from "@infernet/control-plane/command/CommandStore"
import * as CommandStoreMemory from "@infernet/control-plane/command/CommandStoreMemory"
import { Nodes, type Operator } from "@infernet/control-plane/node/Nodes"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import { Relay } from "@infernet/control-plane/relay/Relay"
import { Settings } from "@infernet/control-plane/Settings"
import { Router } from "@infernet/routing/Router"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Exit, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"
import { account, FakeLink, nodeId, settings, settle, stateOf } from "../world.ts"

const operator: Operator = { account, role: "admin" }
const node = nodeId(1)
const install: IssueCommand = { kind: "model_install", model: "qwen3:4b" }
const downloading = (completed_bytes: number): CommandProgress => ({ phase: "downloading", completed_bytes })
const public_key = `02${"0".repeat(64)}`

/** A control plane over stores that outlive it, with a node that was heard of just now. */
const world = Effect.gen(function* () {
  const rows = yield* Layer.build(Layer.fresh(Layer.provideMerge(CommandStoreMemory.layer, NodeStore.layerMemory)))
  let stored = 0
  const store = Context.get(rows, CommandStore)
  const counted = CommandStore.of({
    ...store,
    report: (report) =>
      Effect.andThen(
        Effect.sync(() => void (stored += 1)),
        store.report(report)
      )
  })
  const layer = Commands.layer.pipe(
    Layer.provideMerge(Deliveries.layer),
    Layer.provideMerge(Relay.layer),
    Layer.provideMerge(Layer.mergeAll(Router.layer, Nodes.layer)),
    Layer.provide([Layer.succeedContext(rows), Layer.succeed(CommandStore, counted), Layer.succeed(Settings, settings)])
  )
  /** A process of it, and how to end it. */
  const start = Effect.gen(function* () {
    const scope = yield* Scope.fork(yield* Effect.scope)
    const context = yield* Layer.buildWithScope(Layer.fresh(layer), scope)
    const [commands, nodes, relay] = [
      Context.get(context, Commands),
      Context.get(context, Nodes),
      Context.get(context, Relay)
    ]
    const beat = nodes.heartbeat(node, { public_key, state: stateOf() })
    const read = (id: CommandId) => commands.get(operator, node, id)
    const issue = (asked: IssueCommand = install) => commands.issue(operator, node, asked, undefined)
    const link = (of = node) => new FakeLink(relay, of).hello()
    const router = Context.get(context, Router)
    yield* settle
    return {
      beat,
      deliveries: Context.get(context, Deliveries),
      issue,
      link,
      nodes,
      read,
      router,
      stop: Scope.close(scope, Exit.void)
    }
  })
  const plane = yield* start
  yield* plane.nodes.register(node, { public_key, name: "n", version: "1" })
  yield* plane.beat
  return { ...plane, start, stored: () => stored }
})

describe("a command", () => {
  it("is sent at once, after each welcome and with each heartbeat, until the node has said how it ended", () =>
    Effect.gen(function* () {
      const { deliveries, issue, link } = yield* world
      const first = link()
      const { id } = yield* issue()
      expect(first.said("command")).toEqual([{ type: "command", command: { ...install, id } }])
      first.drop()
      const second = link()
      yield* settle
      expect(second.said("command")).toHaveLength(1)
      yield* deliveries.report(node, id, { state: "running" })
      expect(yield* deliveries.open(node)).toMatchObject([{ ...install, id }])
      yield* deliveries.report(node, id, { state: "completed" })
      expect(yield* deliveries.open(node)).toEqual([])
      second.drop()
      const third = link()
      yield* settle
      expect(third.said("command")).toEqual([])
    }))

  it("shows its progress at once, and writes it down every five seconds", () =>
    Effect.gen(function* () {
      const { deliveries, issue, link, read, stored } = yield* world
      const socket = link()
      const { id } = yield* issue()
      yield* settle
      for (let n = 0; n < 60; n++) {
        socket.say({ type: "progress", command: id, progress: downloading(n) })
        yield* TestClock.adjust(500)
        expect(yield* read(id)).toMatchObject({ state: "running", progress: downloading(n) })
      }
      expect(stored()).toBeWithin(5, 8)
      yield* deliveries.report(node, id, { state: "completed" })
      socket.say({ type: "progress", command: id, progress: downloading(99) })
      yield* settle
      expect((yield* read(id)).progress).toBeUndefined()
    }))

  it("is there after a restart of the control plane, with its progress", () =>
    Effect.gen(function* () {
      const { issue, link, start, stop } = yield* world
      const socket = link()
      const { id } = yield* issue()
      yield* settle
      socket.say({ type: "progress", command: id, progress: downloading(7) })
      yield* settle
      yield* stop
      const after = yield* start
      expect(yield* after.read(id)).toMatchObject({ state: "running", progress: downloading(7) })
      const again = after.link()
      yield* settle
      expect(again.said("command")).toHaveLength(1)
      again.say({ type: "progress", command: id, progress: downloading(8) })
      expect((yield* after.read(id)).progress).toEqual(downloading(8))
    }))

  it("is not changed by what another node says of its progress", () =>
    Effect.gen(function* () {
      const { issue, link, read } = yield* world
      const socket = link()
      const { id } = yield* issue()
      const theirs = link(nodeId(2))
      theirs.say({ type: "progress", command: id, progress: downloading(1) })
      yield* settle
      expect((yield* read(id)).state).toBe("pending")
      expect(socket.closed ?? theirs.closed).toBeUndefined()
    }))

  it("is refused of a node that was silent for ten minutes, with the reason", () =>
    Effect.gen(function* () {
      const { beat, issue, link, nodes } = yield* world
      yield* TestClock.adjust("9 minutes")
      expect((yield* issue()).state).toBe("pending")
      yield* TestClock.adjust("1 minute")
      expect(yield* Effect.flip(issue({ kind: "drain" }))).toMatchObject({
        error: "conflict",
        error_message: "the node was last heard of 10 minutes ago: start it, then command it"
      })
      expect(nodes.isDraining(node)).toBe(false)
      const socket = link()
      yield* TestClock.adjust("20 seconds")
      expect((yield* issue({ kind: "drain" })).state).toBe("pending")
      socket.drop()
      yield* TestClock.adjust("11 minutes")
      yield* Effect.flip(issue())
      yield* beat
      expect((yield* issue({ kind: "resume" })).state).toBe("pending")
    }))

  it("expires after 24 h without a word of its node, which is then told to stop", () =>
    Effect.gen(function* () {
      const { deliveries, issue, link, read } = yield* world
      const [waiting, running] = [yield* issue(), yield* issue({ ...install, model: "other" })]
      yield* TestClock.adjust("1 hour")
      yield* deliveries.report(node, running.id, { state: "running" })
      yield* TestClock.adjust("1378 minutes")
      expect((yield* read(waiting.id)).state).toBe("pending")
      yield* TestClock.adjust("3 minutes")
      expect(yield* read(waiting.id)).toMatchObject({ state: "expired", finished_at: expect.any(String) })
      expect((yield* read(running.id)).state).toBe("running")
      yield* TestClock.adjust("1 hour")
      expect((yield* read(running.id)).state).toBe("expired")
      expect(yield* deliveries.report(node, running.id, { state: "running" })).toEqual({ state: "expired" })
      const socket = link()
      yield* settle
      expect(socket.said("command")).toEqual([])
    }))

  it("to drain reaches the router with its answer, whatever the node says until it has obeyed", () =>
    Effect.gen(function* () {
      const { beat, issue, link, nodes, router } = yield* world
      const socket = link()
      const want = { model: "m", promptTokens: 0, expectedTokens: 0, pin: undefined, exclude: new Set<never>() }
      const isChosen = () => {
        const choice = router.choose(want)
        if ("_tag" in choice) return false
        choice.release()
        return true
      }
      expect(isChosen()).toBe(true)
      yield* issue({ kind: "drain" })
      expect(isChosen()).toBe(false)
      socket.say({ type: "state", state: stateOf() })
      expect(isChosen()).toBe(false)
      expect((yield* beat).drain).toBe(true)
      expect((yield* nodes.get(node)).status).toBe("draining")
      socket.drop()
      const again = link()
      expect(again.said("drain")).toHaveLength(1)
      expect(isChosen()).toBe(false)
      yield* issue({ kind: "resume" })
      expect(isChosen()).toBe(true)
      expect((yield* beat).drain).toBe(false)
    }))
})
