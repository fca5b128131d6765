import { expect } from "bun:test"
import { openLimit } from "@infernet/control-plane/command/CommandStore"
import { Effect, Option, Random } from "effect"
import { bob, commandId, drain, hours, here, install, onEach, reportOf, there, type Stores } from "./storedCommands.ts"

const seed = "commands"

const found = ({ store }: Stores, n: number) => Effect.map(store.get(here, commandId(n)), Option.getOrThrow)
const states = ({ store }: Stores) =>
  Effect.map(store.list({ node: here, limit: 100, before: undefined }), (list) => list.map(({ state }) => state))

onEach((test) => {
  test("are found as they were issued, by their own node alone", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      const file = { file: "q.gguf", sha256: "0".repeat(64), model: "org/name" }
      expect(yield* store.issue(install(1, file))).toMatchObject({ _tag: "Issued", command: install(1, file) })
      expect(yield* found(stores, 1)).toMatchObject({ ...install(1, file), state: "pending", cancelled: false })
      expect(yield* store.get(there, commandId(1))).toEqual(Option.none())
      expect(yield* store.report(reportOf(1, { state: "completed" }, hours(1), there))).toEqual(Option.none())
      expect(yield* store.cancel(there, commandId(1), hours(1))).toEqual(Option.none())
      expect(yield* found(stores, 1)).toMatchObject({ state: "pending", cancelled: false, finishedAt: null })
    }))

  test("that wish the same are one while it is under way, however many ask at once", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      const asked = Array.from({ length: 20 }, (_, n) => store.issue(install(n)))
      const issued = yield* Effect.all(asked, { concurrency: "unbounded" })
      expect(issued.filter(({ _tag }) => _tag === "Issued")).toHaveLength(1)
      const ids = [...new Set(issued.flatMap((one) => ("command" in one ? [one.command.id] : [])))]
      expect(ids).toHaveLength(1)
      expect(yield* store.issue(install(30, { model: "other" }))).toMatchObject({ _tag: "Issued" })
      expect(yield* store.issue(install(31, { nodeId: there }))).toMatchObject({ _tag: "Issued" })
      yield* store.report({ ...reportOf(0, { state: "completed" }), command: ids[0] ?? commandId(0) })
      expect(yield* store.issue(install(32))).toMatchObject({ _tag: "Issued", command: { id: commandId(32) } })
    }))

  test("do not join one that is being stopped", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      yield* store.issue(install(1))
      yield* store.report(reportOf(1, { state: "running" }))
      yield* store.cancel(here, commandId(1), hours(2))
      expect(yield* store.issue(install(2))).toMatchObject({ _tag: "Issued", command: { id: commandId(2) } })
    }))

  test("with a key are one a key and account, also after their end", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      const keyed = { idempotencyKey: "k" }
      yield* store.issue(install(1, keyed))
      yield* store.report(reportOf(1, { state: "completed" }))
      expect(yield* store.issue(install(2, keyed))).toMatchObject({ _tag: "Known", command: { id: commandId(1) } })
      expect(yield* store.issue(install(3, { ...keyed, model: "other" }))).toEqual({ _tag: "KeyUsed" })
      expect(yield* store.issue(install(4, { ...keyed, issuedBy: bob }))).toMatchObject({ _tag: "Issued" })
      expect(yield* store.get(here, commandId(3))).toEqual(Option.none())
    }))

  test("run, are told of, and end once", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      yield* store.issue(install(1))
      const progress = { phase: "downloading" as const, completed_bytes: 1, total_bytes: 2 }
      yield* store.report(reportOf(1, { state: "running", progress }, hours(1)))
      yield* store.report(reportOf(1, { state: "running" }, hours(2)))
      expect(yield* found(stores, 1)).toMatchObject({
        state: "running",
        progress,
        startedAt: hours(1),
        finishedAt: null
      })
      const failed = { state: "failed", error: "does_not_fit", error_message: "too large" } as const
      const ended = { state: "failed", progress: null, error: "does_not_fit", errorMessage: "too large" }
      expect(yield* store.report(reportOf(1, failed, hours(3)))).toMatchObject({
        value: { changed: true, command: { ...ended, startedAt: hours(1), finishedAt: hours(3) } }
      })
      for (const late of [{ state: "running", progress }, { state: "completed" }, failed] as const) {
        expect(yield* store.report(reportOf(1, late, hours(4)))).toMatchObject({
          value: { changed: false, command: ended }
        })
      }
      expect(yield* store.cancel(here, commandId(1), hours(4))).toMatchObject({ value: { changed: false } })
      expect(yield* found(stores, 1)).toMatchObject({ ...ended, cancelled: false, finishedAt: hours(3) })
    }))

  test("are cancelled at once while they wait, and by their node once they run", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      yield* store.issue(install(1))
      expect(yield* store.cancel(here, commandId(1), hours(1))).toMatchObject({
        value: { changed: true, command: { state: "cancelled", finishedAt: hours(1) } }
      })
      yield* store.issue(install(2))
      yield* store.report(reportOf(2, { state: "running" }))
      expect(yield* store.cancel(here, commandId(2), hours(2))).toMatchObject({
        value: { command: { state: "running", cancelled: true, finishedAt: null } }
      })
      expect(yield* store.open(here)).toMatchObject([{ id: commandId(2), cancelled: true }])
      yield* store.report(reportOf(2, { state: "cancelled" }, hours(3)))
      expect(yield* found(stores, 2)).toMatchObject({ state: "cancelled", cancelled: false, finishedAt: hours(3) })
    }))

  test("expire without a word of their node for 24 h, and never after one", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      yield* store.issue(install(1))
      yield* store.issue(install(2, { model: "b" }))
      yield* store.issue(install(3, { model: "c" }))
      yield* store.report(reportOf(2, { state: "running" }, hours(10)))
      yield* store.report(reportOf(3, { state: "completed" }, hours(10)))
      expect(yield* store.expire(hours(23.9))).toEqual([])
      expect(yield* store.expire(hours(24))).toMatchObject([{ id: commandId(1), state: "expired" }])
      expect(yield* store.expire(hours(33.9))).toEqual([])
      expect(yield* store.expire(hours(34))).toMatchObject([{ id: commandId(2) }])
      expect(yield* states(stores)).toEqual(["completed", "expired", "expired"])
      expect(yield* store.report(reportOf(1, { state: "completed" }, hours(35)))).toMatchObject({
        value: { changed: false, command: { state: "expired" } }
      })
      yield* store.forget(hours(34))
      expect(yield* states(stores)).toEqual(["expired"])
    }))

  test("drain and resume: the node's flag goes with them, and the last word counts", (stores) =>
    Effect.gen(function* () {
      const { nodes, store } = stores
      const draining = Effect.map(nodes.all, (all) => all.find(({ id }) => id === here)?.draining)
      expect(yield* draining).toBe(false)
      yield* store.issue(drain(1))
      expect(yield* draining).toBe(true)
      expect(yield* store.issue(drain(2))).toMatchObject({ _tag: "Known" })
      yield* store.issue(drain(3, "resume"))
      expect(yield* draining).toBe(false)
      expect(yield* found(stores, 1)).toMatchObject({ state: "cancelled" })
      yield* store.issue(drain(4))
      expect(yield* store.open(here)).toMatchObject([{ id: commandId(4), kind: "drain" }])
      expect(yield* draining).toBe(true)
      yield* store.report(reportOf(4, { state: "completed" }))
      expect(yield* draining).toBe(true)
    }))

  test("are listed newest first, page by page, and are no more than a node can be given", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      for (let n = 1; n <= openLimit; n++) yield* store.issue(install(n, { model: `m${n}` }))
      expect(yield* store.issue(install(99, { model: "more" }))).toEqual({ _tag: "Full" })
      expect(yield* store.issue(install(98, { model: "m7" }))).toMatchObject({ command: { id: commandId(7) } })
      const page = (before?: number) =>
        Effect.map(
          store.list({ node: here, limit: 2, before: before === undefined ? undefined : commandId(before) }),
          (list) => list.map(({ id }) => id)
        )
      expect(yield* page()).toEqual([commandId(64), commandId(63)])
      expect(yield* page(3)).toEqual([commandId(2), commandId(1)])
      expect(yield* page(1)).toEqual([])
      expect((yield* store.open(here))[0]?.id).toBe(commandId(1))
    }))

  test("have one winner of a thousand races between a cancel and an end", (stores) =>
    Effect.gen(function* () {
      const { store } = stores
      const won = { cancel: 0, end: 0 }
      for (let n = 0; n < 1_000; n++) {
        const [running, cancelFirst] = [yield* Random.nextBoolean, yield* Random.nextBoolean]
        yield* store.issue(install(n))
        if (running) yield* store.report(reportOf(n, { state: "running" }))
        const outcome = { cancelled: false, ended: false }
        const cancel = Effect.map(store.cancel(here, commandId(n), hours(2)), (result) => {
          outcome.cancelled = Option.getOrThrow(result).changed
        })
        const end = Effect.map(store.report(reportOf(n, { state: "completed" }, hours(2))), (result) => {
          outcome.ended = Option.getOrThrow(result).changed
        })
        yield* Effect.all(cancelFirst ? [cancel, end] : [end, cancel], { concurrency: "unbounded" })
        const { state } = yield* found(stores, n)
        // A running command is ended by its node alone: the cancel is a wish, which may come too late.
        const oneWon = running ? outcome.ended : outcome.cancelled !== outcome.ended
        expect([seed, n, oneWon, state]).toEqual([seed, n, true, outcome.ended ? "completed" : "cancelled"])
        won[outcome.ended ? "end" : "cancel"] += 1
      }
      expect(won.cancel).toBeGreaterThan(0)
      expect(won.end).toBeGreaterThan(0)
    }).pipe(Random.withSeed(seed)))
})
