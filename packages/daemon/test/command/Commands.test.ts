import { describe, expect } from "bun:test"
import { InstallError } from "@infernet/backend/install/Install"
import { ControlPlaneAway, ControlPlaneRefused } from "@infernet/daemon/node/ControlPlane"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { TestClock } from "effect/testing"
import { commandId, install, machine, settle } from "./world.ts"

const finish = (work: { readonly finish: () => void }) =>
  Effect.andThen(
    Effect.sync(() => work.finish()),
    settle
  )

describe("a command", () => {
  it("is done and told once, however often it comes", () =>
    Effect.gen(function* () {
      const { start, told, work, works } = machine()
      const { events, take } = yield* start
      yield* take(install(1), install(1))
      yield* take(install(1))
      expect(work(0).source).toEqual({ _tag: "Library", name: "model1" })
      yield* finish(work(0))
      expect(told).toEqual(["1 running", "1 completed"])
      expect(works).toHaveLength(1)
      const outcomes = events.flatMap((event) => (event.type === "command" ? [event.outcome] : []))
      expect(outcomes).toEqual(["received", "completed"])
      // It was told, but the control plane repeats it: its answer was lost, or it was restored from a backup.
      yield* take(install(1))
      expect(told.slice(2)).toEqual(["1 completed"])
      expect(works).toHaveLength(1)
    }))

  it("waits for the one before it, while jobs and drains do not wait", () =>
    Effect.gen(function* () {
      const { start, told, work, works } = machine()
      const { installs, jobs, take } = yield* start
      yield* take(install(1), install(2), { id: commandId(3), kind: "model_remove", model: "old" })
      yield* take({ id: commandId(4), kind: "drain" })
      expect(jobs.draining()).toBe(true)
      expect(works).toHaveLength(1)
      expect((yield* installs.list).map(({ model }) => model)).toEqual(["model1", "model2", "old"])
      yield* finish(work(0))
      yield* finish(work(1))
      expect(work(2).source).toBe("old")
      yield* finish(work(2))
      yield* take({ id: commandId(5), kind: "resume" })
      expect(jobs.draining()).toBe(false)
      expect(told.filter((line) => line.endsWith("completed")).toSorted()).toEqual(
        [1, 2, 3, 4, 5].map((n) => `${n} completed`)
      )
      expect(yield* installs.list).toEqual([])
    }))

  it("tells its progress at most twice a second", () =>
    Effect.gen(function* () {
      const { start, work } = machine()
      const { events, progress, take } = yield* start
      yield* take(install(1))
      for (let step = 0; step < 100; step++) {
        work(0).progress({ phase: "downloading", completed_bytes: step * 1e7, total_bytes: 1e9 })
        yield* TestClock.adjust(50)
      }
      expect(progress.length).toBeWithin(8, 12)
      expect(progress.every(({ command }) => command === commandId(1))).toBe(true)
      const lines = events.flatMap((event) => (event.type === "model" ? [event.news] : []))
      expect(lines).toHaveLength(4)
      expect(lines[1]).toMatch(/^downloading 2\d % of 1\.0 GB$/)
    }))

  it("that fails says why, in one plain sentence", () =>
    Effect.gen(function* () {
      const { reports, start, work } = machine()
      const { take } = yield* start
      yield* take(install(1))
      const message = `\u001b]0;title\u0007disk \u001b[31mfull\u001b[0m:\r\n${"x".repeat(5_000)}`
      work(0).fail(new InstallError({ reason: "does_not_fit", message }))
      yield* settle
      expect(reports.at(-1)).toMatchObject({ state: "failed", error: "does_not_fit" })
      expect(reports.at(-1)?.error_message).toMatch(/^disk full: x{100,990}$/)
      yield* take(install(2))
      work(1).die()
      yield* settle
      expect(reports.at(-1)).toMatchObject({ state: "failed", error: "failed", error_message: expect.any(String) })
    }))

  it("does not send the node to an address, whatever the control plane has let pass", () =>
    Effect.gen(function* () {
      const { reports, start, works } = machine()
      const { take } = yield* start
      yield* take(install(1, { model: "http://10.0.0.1/m.gguf" }), install(2, { model: "org/name", file: "../../x" }))
      yield* take({ id: commandId(3), kind: "model_remove", model: "/etc/passwd" })
      expect(works).toEqual([])
      expect(reports.map(({ error, state }) => [state, error])).toEqual([1, 2, 3].map(() => ["failed", "not_allowed"]))
    }))

  it("does nothing that the machine's operator has not allowed from afar, and nothing larger", () =>
    Effect.gen(function* () {
      const closed = machine({ INFERNET_REMOTE_INSTALL: "off" })
      const { installs, take } = yield* closed.start
      yield* take(install(1), { id: commandId(2), kind: "model_remove", model: "old" })
      expect(closed.reports.map(({ error_message }) => error_message)).toEqual(
        [1, 2].map(() => expect.stringContaining("REMOTE_INSTALL"))
      )
      yield* installs.remove("old")
      expect(closed.works.map(({ source }) => source)).toEqual(["old"])

      const picky = machine({ INFERNET_INSTALL_ALLOW: "model1", INFERNET_INSTALL_MAX_BYTES: "5000" })
      const other = yield* picky.start
      yield* other.take(install(1), install(2))
      expect(picky.works.map(({ maxBytes, source }) => [source, maxBytes])).toEqual([
        [{ _tag: "Library", name: "model1" }, 5000]
      ])
      expect(picky.reports.at(-1)).toMatchObject({ state: "failed", error: "not_allowed" })
    }))
})

describe("a cancelled command", () => {
  it("is stopped and told of, whether it runs, waits or was never here", () =>
    Effect.gen(function* () {
      const { start, told, work, works } = machine()
      const { take } = yield* start
      yield* take(install(1), install(2))
      yield* take(install(2, { cancelled: true }))
      yield* take(install(1, { cancelled: true }), install(3, { cancelled: true }))
      expect(work(0).interrupted).toBe(true)
      expect(works).toHaveLength(1)
      expect(told.filter((line) => line.endsWith("cancelled")).toSorted()).toEqual(
        [1, 2, 3].map((n) => `${n} cancelled`)
      )
    }))

  it("that has ended stays as it ended", () =>
    Effect.gen(function* () {
      const { start, told, work } = machine()
      const { take } = yield* start
      yield* take(install(1))
      yield* finish(work(0))
      yield* take(install(1, { cancelled: true }))
      expect(told).toEqual(["1 running", "1 completed", "1 completed"])
    }))

  it("is stopped by the answer to its report as well", () =>
    Effect.gen(function* () {
      for (const ack of [
        { state: "cancelled" },
        { state: "expired" },
        { state: "running", cancelled: true }
      ] as const) {
        const { plan, start, told, work } = machine()
        const { take } = yield* start
        plan.answer = () => Effect.succeed(ack)
        yield* take(install(1))
        expect(work(0).interrupted).toBe(true)
        expect(told).toEqual(["1 running", "1 cancelled"])
      }
    }))
})

describe("a report", () => {
  it("is repeated until the control plane has answered, without holding up the work", () =>
    Effect.gen(function* () {
      const { plan, start, told, work } = machine()
      const { take } = yield* start
      const answer = plan.answer
      plan.answer = () => Effect.fail(new ControlPlaneAway({ message: "away" }))
      yield* take(install(1), install(2))
      yield* finish(work(0))
      expect(work(1).interrupted).toBe(false)
      yield* TestClock.adjust("10 minutes")
      expect(told.length).toBeWithin(20, 50)
      expect(new Set(told)).toEqual(new Set(["1 running", "1 completed"]))
      plan.answer = answer
      yield* TestClock.adjust("30 seconds")
      expect(told.slice(-2)).toEqual(["1 completed", "2 running"])
    }))

  it("that is refused for good is not repeated, and nobody's command is stopped", () =>
    Effect.gen(function* () {
      const { plan, start, told, work } = machine()
      const { take } = yield* start
      plan.answer = () => Effect.fail(new ControlPlaneRefused({ status: 404, message: "no such command" }))
      yield* take(install(1))
      expect(work(0).interrupted).toBe(true)
      yield* TestClock.adjust("10 minutes")
      expect(told).toEqual(["1 running", "1 cancelled"])
    }))

  it("that is refused because the node is unknown is repeated when it may be known again", () =>
    Effect.gen(function* () {
      const { plan, start, told } = machine()
      const { take } = yield* start
      const answer = plan.answer
      plan.answer = () => Effect.fail(new ControlPlaneRefused({ status: 401, message: "who are you?" }))
      yield* take(install(1))
      expect(told).toEqual(["1 running"])
      plan.answer = answer
      yield* TestClock.adjust("30 seconds")
      expect(told).toEqual(["1 running", "1 running"])
    }))
})

describe("after a restart", () => {
  it("what ran goes on, and what had ended is told, once", () =>
    Effect.gen(function* () {
      const { plan, start, told, work, works } = machine()
      const first = yield* start
      const answer = plan.answer
      plan.answer = () => Effect.fail(new ControlPlaneAway({ message: "away" }))
      yield* first.take(install(1), install(2))
      yield* finish(work(0))
      yield* first.kill
      expect(work(1).interrupted).toBe(true)
      plan.answer = answer
      told.length = 0
      const second = yield* start
      expect(works).toHaveLength(3)
      expect(told).toEqual(["1 completed", "2 running"])
      yield* second.take(install(1), install(2))
      yield* finish(work(2))
      expect(works).toHaveLength(3)
      yield* second.stop
      const third = yield* start
      yield* third.take(install(2))
      expect(works).toHaveLength(3)
      expect(told.at(-1)).toBe("2 completed")
    }))

  it("what was killed three times is not begun again, however often it was stopped in peace", () =>
    Effect.gen(function* () {
      const { reports, start, told, works } = machine()
      const first = yield* start
      yield* first.take(install(1))
      yield* first.stop
      for (let i = 0; i < 4; i++) yield* (yield* start).stop
      expect(works).toHaveLength(5)
      works.length = 0
      yield* (yield* start).kill
      for (let i = 0; i < 2; i++) yield* (yield* start).kill
      expect(works).toHaveLength(3)
      yield* start
      expect(works).toHaveLength(3)
      expect(told.at(-1)).toBe("1 failed")
      expect(reports.at(-1)?.error_message).toContain("3 times")
    }))

  it("a damaged file costs the memory, and commands that come again are done", () =>
    Effect.gen(function* () {
      const { disk, start, works } = machine()
      disk.set("/home/commands.json", `{"entries":[{`)
      const { take } = yield* start
      yield* take(install(1))
      expect(works).toHaveLength(1)
      expect(disk.get("/home/commands.json")).toContain(commandId(1))
    }))

  it("remembers no more than it needs", () =>
    Effect.gen(function* () {
      const { disk, start, told } = machine()
      const { take } = yield* start
      for (let n = 0; n < 300; n++) yield* take({ id: commandId(n), kind: n % 2 === 0 ? "drain" : "resume" })
      expect(told).toHaveLength(300)
      expect(JSON.parse(disk.get("/home/commands.json") ?? "").entries.length).toBeWithin(60, 70)
    }))
})
