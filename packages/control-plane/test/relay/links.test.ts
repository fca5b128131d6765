import { describe, expect } from "bun:test"
import { limits } from "@infernet/contract/Link"
import { offer } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { graceMillis, nodeId, settle, stateOf, submission, textOf, world } from "../world.ts"

const idle = [0, 0, 0, 0]

describe("a link that drops after content", () => {
  it("costs nothing when the daemon is back in time with its attempt: no record lost, none twice", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      const { attempt } = node
      node.accept()
      node.produce(["a", "b"])
      node.drop()
      yield* TestClock.adjust(graceMillis - 1)
      const back = connect(1).hello({ inflight: { [attempt]: 4 } })
      expect(back.said("welcome")).toMatchObject([{ resume: [{ attempt, after: 2 }], cancel: [] }])
      // The daemon may send again what was on its way when the link dropped.
      back.produce(["b", "c", "d"], 2, attempt)
      yield* TestClock.adjust("20 seconds")
      back.done(4, attempt)
      yield* settle
      expect(textOf(job)).toBe("abcd")
      expect(job.log.end?._tag).toBe("Completed")
      expect(back.said("ack")).toEqual([{ type: "ack", attempt }])
      expect(credits()).toEqual(idle)
    }))

  it("fails the job when the daemon is late, and cancels the attempt it comes back with", () =>
    Effect.gen(function* () {
      const { connect, credits, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      const { attempt } = node
      node.accept()
      node.produce(["a"])
      node.drop()
      yield* TestClock.adjust(graceMillis)
      expect(job.log.end).toMatchObject({ error: "node_disconnected" })
      expect(credits()).toEqual(idle)
      const back = connect(1).hello({ inflight: { [attempt]: 1 } })
      expect(back.said("welcome")).toMatchObject([{ resume: [], cancel: [attempt] }])
    }))

  it("fails the job at once when another process comes back in its daemon's place", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      node.accept()
      node.produce(["a"])
      node.drop()
      connect(1).hello({ instance: "b".repeat(32) })
      yield* settle
      expect(job.log.end).toMatchObject({ error: "node_disconnected" })
    }))

  it("still owes the ack for an end that came before it dropped", () =>
    Effect.gen(function* () {
      const { connect, database, submit } = yield* world()
      const node = connect(1).hello()
      const job = yield* submit()
      const { attempt } = node
      node.produce(["a"])
      database.away = true
      node.done(1)
      node.drop()
      const back = connect(1).hello({ inflight: { [attempt]: 1 } })
      expect(back.said("welcome")).toMatchObject([{ resume: [], cancel: [] }])
      database.away = false
      yield* TestClock.adjust("1 second")
      expect(job.log.end?._tag).toBe("Completed")
      expect(back.said("ack")).toEqual([{ type: "ack", attempt }])
    }))
})

describe("a node's second link", () => {
  it("takes over from the first of the same daemon, with all that runs there", () =>
    Effect.gen(function* () {
      const { connect, credits, jobs, relay, submit } = yield* world()
      const first = connect(1).hello()
      const [silent, speaking] = [yield* submit(), yield* submit()]
      const [a, b] = first.said("job").map(({ attempt }) => attempt)
      if (a === undefined || b === undefined) throw new Error("two jobs were to be dispatched")
      first.accept(a)
      first.accept(b)
      first.produce(["x"], 1, b)
      const second = connect(1).hello({ inflight: { [a]: 0, [b]: 1 } })
      expect(first.closed?.code).toBe(4409)
      expect(relay.links()).toBe(1)
      second.produce(["y"], 1, a)
      second.produce(["z"], 2, b)
      second.done(1, a)
      second.done(2, b)
      yield* TestClock.adjust("1 second")
      expect([silent, speaking].map(textOf)).toEqual(["y", "xz"])
      expect([silent, speaking].map(({ log }) => log.end?._tag)).toEqual(["Completed", "Completed"])
      expect(jobs.live(silent.account, silent.id)).toBe(silent)
      expect(credits()).toEqual(idle)
    }))

  it("is refused while another process with the same key is connected, which goes on undisturbed", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      const first = connect(1).hello()
      const job = yield* submit()
      const other = connect(1).hello({ instance: "b".repeat(32) })
      expect(other.closed?.code).toBe(4410)
      expect(other.said("welcome")).toEqual([])
      first.produce(["a"])
      first.done(1)
      yield* settle
      expect(job.log.end?._tag).toBe("Completed")
    }))

  it("keeps the node online once, so that it is offline 90 s after the last link", () =>
    Effect.gen(function* () {
      const { connect, nodes } = yield* world()
      yield* nodes.register(nodeId(1), { public_key: `02${"0".repeat(64)}`, name: "n", version: "1" })
      connect(1).hello()
      const second = connect(1).hello()
      yield* settle
      expect(nodes.online()).toBe(1)
      second.drop()
      yield* TestClock.adjust("91 seconds")
      expect(nodes.online()).toBe(0)
    }))
})

describe("a link", () => {
  it("is pinged every 10 s and closed after 25 s of silence", () =>
    Effect.gen(function* () {
      const { connect } = yield* world()
      const node = connect(1).hello()
      yield* TestClock.adjust("12 seconds")
      node.say({ type: "pong" })
      yield* TestClock.adjust(limits.silenceMillis - 1)
      expect(node.closed).toBeUndefined()
      expect(node.said("ping").length).toBeGreaterThanOrEqual(3)
      yield* TestClock.adjust(1)
      expect(node.closed?.code).toBe(4408)
    }))

  it("grants credit as the daemon counts it, headers included", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      for (const token of ["a", "字字"]) {
        const node = connect(1).hello({ instance: "c".repeat(32) })
        yield* submit()
        const bytes = 13 + Buffer.byteLength(token)
        let sent = 0
        let credited = 0
        // As the daemon does: never more than 256 KiB past the last credit.
        for (let seq = 1; seq <= 60_000; seq++) {
          if (sent + bytes - credited > limits.creditBytes) throw new Error(`stuck at record ${seq}`)
          node.produce([token], seq)
          sent += bytes
          credited = (node.said("credit").at(-1)?.seq ?? 0) * bytes
        }
        node.drop()
      }
    }))

  it(
    "keeps nothing of an attempt that has ended",
    () =>
      Effect.gen(function* () {
        const { connect, credits, jobs } = yield* world()
        const node = connect(1).hello()
        for (let round = 0; round < 40; round++) {
          const before = node.said("job").length
          yield* Effect.all(Array.from({ length: 100 }, () => jobs.submit(submission())))
          yield* settle
          for (const [i, { attempt }] of node.said("job").slice(before).entries()) {
            if (i % 3 === 0) node.fail(0, attempt)
            else {
              node.produce(["a"], 1, attempt)
              node.done(1, attempt)
            }
          }
          node.heard.splice(1, node.heard.length - 200)
        }
        yield* settle
        expect(node.link.attempts.size).toBe(0)
        expect(credits()).toEqual(idle)
        // The relay knows none of them any more: it asks the daemon to forget what it still has.
        const [old] = node.said("job")
        if (old === undefined) throw new Error("nothing was dispatched")
        node.done(1, old.attempt)
        expect(node.heard.at(-1)).toEqual({ type: "ack", attempt: old.attempt })
      }),
    { timeout: 30_000 }
  )

  it("carries no more than 256 attempts", () =>
    Effect.gen(function* () {
      const { connect, submit } = yield* world()
      const node = connect(1).hello()
      for (let i = 0; i < limits.attemptsPerLink; i++) yield* submit()
      const first = node.said("job")[0]?.attempt
      const waiting = yield* submit()
      expect(node.said("job")).toHaveLength(limits.attemptsPerLink)
      node.fail(0, first)
      yield* settle
      expect(node.said("job").at(-1)?.job).toBe(waiting.id)
    }))
})

describe("what a node reports", () => {
  it("counts for the choice while its link is open, whichever way it came", () =>
    Effect.gen(function* () {
      const { connect, relay, router, submit } = yield* world()
      const node = connect(1).hello({ state: stateOf([offer("m")], 3) })
      relay.observe(nodeId(1), stateOf([offer("m"), offer("n")]))
      expect([...router.models().keys()]).toEqual(["m", "n"])
      node.say({ type: "state", state: stateOf([]) })
      expect(router.models().size).toBe(0)
      node.drop()
      relay.observe(nodeId(1), stateOf())
      expect(router.models().size).toBe(0)
      expect(yield* Effect.flip(submit())).toMatchObject({ _tag: "NoCapacity" })
    }))
})
