import { describe, expect } from "bun:test"
import { NodeId } from "@infernet/contract/Id"
import type { ModelOffer } from "@infernet/contract/Node"
import { prior } from "@infernet/routing/cost"
import { type Booking, Router, type Want } from "@infernet/routing/Router"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Fiber, Layer, Random } from "effect"
import { TestClock } from "effect/testing"

const node = (n: number) => NodeId.make(`0x${n.toString(16).padStart(40, "0")}`)

const offer = (id: string, part: Partial<ModelOffer> = {}): ModelOffer => ({
  id,
  backend: "openai",
  state: "loaded",
  capabilities: ["chat"],
  slots: 4,
  ...part
})

const report = (...models: ReadonlyArray<ModelOffer>) => ({ models, inFlight: 0, draining: false })

const want: Want = { model: "m", promptTokens: 100, expectedTokens: 256, exclude: new Set() }

const router = (seed = "router") =>
  Effect.map(Layer.build(Layer.fresh(Router.layer)), (context) => Context.get(context, Router)).pipe(
    Random.withSeed(seed)
  )

const booked = (answer: ReturnType<Router["Service"]["choose"]>): Booking => {
  if ("_tag" in answer) throw new Error(`refused: ${answer._tag}`)
  return answer
}

const tally = (bookings: ReadonlyArray<Booking>) =>
  [1, 2, 3, 4].map((n) => bookings.filter((booking) => booking.node === node(n)).length)

const nothing = { attempts: 0, promptTokens: 0 }

describe("choosing", () => {
  it("spreads jobs evenly over equal nodes, as each choice sees the ones before", () =>
    Effect.gen(function* () {
      for (const seed of ["a", "b", "c"]) {
        const { choose, put } = yield* router(seed)
        for (const n of [1, 2, 3, 4]) put(node(n), report(offer("m")))
        const first = tally(Array.from({ length: 16 }, () => booked(choose(want))))
        expect(first, `seed ${seed}`).toEqual([4, 4, 4, 4])
        const rest = tally(Array.from({ length: 84 }, () => booked(choose(want))))
        expect(Math.max(...rest) - Math.min(...rest), `seed ${seed}: ${rest}`).toBeLessThanOrEqual(2)
      }
    }))

  it("fills nodes in proportion to what their slots get done together", () =>
    Effect.gen(function* () {
      const { choose, put } = yield* router()
      const slots = [2, 4, 8, 16]
      slots.forEach((slots, i) => put(node(i + 1), report(offer("m", { slots }))))
      const counts = tally(Array.from({ length: 120 }, () => booked(choose({ ...want, promptTokens: 1 }))))
      const rates = slots.map((slots) => slots / (1 + prior.batchSlope * (slots - 1)))
      const total = rates.reduce((sum, rate) => sum + rate)
      const fair = rates.map((rate) => (120 * rate) / total)
      fair.forEach((fair, i) => expect(Math.abs((counts[i] ?? 0) - fair), `${counts}`).toBeLessThan(fair * 0.2))
    }))

  it("obeys pins, exclusions and draining", () =>
    Effect.gen(function* () {
      const { choose, models, put } = yield* router()
      put(node(1), report(offer("m")))
      put(node(2), { ...report(offer("m")), draining: true })
      put(node(3), report(offer("m", { state: "loadable" })))
      for (let i = 0; i < 3; i++) expect(booked(choose({ ...want, pin: node(3) })).node).toBe(node(3))
      expect(booked(choose({ ...want, exclude: new Set([node(1)]) })).node).toBe(node(3))
      expect(choose({ ...want, pin: node(2) })).toEqual({ _tag: "NoNode" })
      expect(choose({ ...want, pin: node(1), exclude: new Set([node(1)]) })).toEqual({ _tag: "NoNode" })
      expect(
        models()
          .get("m")
          ?.map(({ host }) => host.node)
      ).toEqual([node(1), node(3)])
    }))

  it("counts what a node's operator does there", () =>
    Effect.gen(function* () {
      const { choose, put } = yield* router()
      put(node(1), { ...report(offer("m")), inFlight: 4 })
      put(node(2), report(offer("m")))
      expect(tally(Array.from({ length: 4 }, () => booked(choose(want))))).toEqual([0, 4, 0, 0])
    }))

  it("tells an unknown model from one whose nodes are gone, and names the nearest", () =>
    Effect.gen(function* () {
      const { choose, put, remove } = yield* router()
      expect(choose(want)).toEqual({ _tag: "UnknownModel", nearest: [] })
      put(node(1), report(offer("qwen3:8b"), offer("qwen3:4b"), offer("llama3.2:1b"), offer("phi4")))
      remove(node(1))
      expect(choose({ ...want, model: "phi4" })).toEqual({ _tag: "NoNode" })
      expect(choose({ ...want, model: "Qwen3:8" })).toEqual({
        _tag: "UnknownModel",
        nearest: ["qwen3:8b", "qwen3:4b", "phi4"]
      })
    }))

  it("is not slowed or filled by a node that makes names up", () =>
    Effect.gen(function* () {
      const { choose, put } = yield* router()
      const started = performance.now()
      for (let round = 0; round < 20; round++) {
        put(node(1), report(...Array.from({ length: 1_024 }, (_, i) => offer(`${round}-${i}-${"x".repeat(240)}`))))
      }
      expect(choose({ ...want, model: "y".repeat(256) })).toMatchObject({ _tag: "UnknownModel" })
      expect(performance.now() - started).toBeLessThan(1_000)
      expect(choose({ ...want, model: `0-0-${"x".repeat(240)}` })).toMatchObject({ _tag: "UnknownModel" })
    }))
})

describe("a booking", () => {
  it("gives its prompt back at the first content and the rest at release, once", () =>
    Effect.gen(function* () {
      const { choose, inFlight, put } = yield* router()
      put(node(1), report(offer("m")))
      const [a, b] = [booked(choose(want)), booked(choose(want))]
      expect(inFlight(node(1))).toEqual({ attempts: 2, promptTokens: 200 })
      a.firstContent()
      a.firstContent()
      expect(inFlight(node(1))).toEqual({ attempts: 2, promptTokens: 100 })
      a.release()
      a.release()
      a.firstContent()
      expect(inFlight(node(1))).toEqual({ attempts: 1, promptTokens: 100 })
      b.release()
      expect(inFlight(node(1))).toEqual(nothing)
    }))

  it("leaves no credit behind after any sequence of choices, contents, releases, comings and goings", () =>
    Effect.gen(function* () {
      for (let seed = 0; seed < 50; seed++) {
        const { choose, inFlight, put, remove } = yield* router(String(seed))
        const dice = yield* Effect.service(Random.Random).pipe(Random.withSeed(`dice ${seed}`))
        const below = (n: number) => Math.floor(dice.nextDoubleUnsafe() * n)
        const open: Array<Booking> = []
        for (let step = 0; step < 300; step++) {
          const id = node(below(4) + 1)
          const act = below(10)
          if (act === 0) remove(id)
          else if (act === 1) put(id, report(offer("m", { slots: below(8) })))
          else if (act < 6) {
            const answer = choose({ ...want, promptTokens: below(5_000) })
            if (!("_tag" in answer)) open.push(answer)
          } else {
            const booking = open[below(open.length)]
            if (act < 8) booking?.firstContent()
            else booking?.release()
          }
          const running = [1, 2, 3, 4].map((n) => inFlight(node(n)))
          expect(
            running.every(({ attempts, promptTokens }) => attempts >= 0 && promptTokens >= 0),
            `seed ${seed}`
          ).toBe(true)
        }
        for (const booking of open) booking.release()
        expect(
          [1, 2, 3, 4].map((n) => inFlight(node(n))),
          `seed ${seed}`
        ).toEqual([nothing, nothing, nothing, nothing])
      }
    }))
})

describe("waiting", () => {
  it("ends when a node reports that it serves the model", () =>
    Effect.gen(function* () {
      const { inFlight, put, wait } = yield* router()
      const fiber = yield* Effect.forkChild(wait(want), { startImmediately: true })
      put(node(1), report(offer("other")))
      put(node(2), { ...report(offer("m")), draining: true })
      expect(fiber.pollUnsafe()).toBeUndefined()
      put(node(2), report(offer("m")))
      expect((yield* Fiber.join(fiber)).node).toBe(node(2))
      expect(inFlight(node(2)).attempts).toBe(1)
    }))

  it("books nothing once it was interrupted", () =>
    Effect.gen(function* () {
      const { inFlight, put, wait } = yield* router()
      const fiber = yield* Effect.forkChild(wait(want), { startImmediately: true })
      yield* Fiber.interrupt(fiber)
      put(node(1), report(offer("m")))
      expect(inFlight(node(1))).toEqual(nothing)
    }))

  it("misses no report that comes between a refusal and the wait", () =>
    Effect.gen(function* () {
      const { chance, choose, put } = yield* router()
      expect(choose(want)).toMatchObject({ _tag: "UnknownModel" })
      put(node(1), report(offer("m")))
      yield* chance(want)
      expect(booked(choose(want)).node).toBe(node(1))
    }))
})

describe("a node that says it is full", () => {
  const full = Effect.gen(function* () {
    const router_ = yield* router()
    router_.put(node(1), report(offer("m")))
    const bookings = Array.from({ length: 5 }, () => booked(router_.choose(want)))
    const refused = booked(router_.choose(want))
    refused.tooMuch()
    refused.release()
    return { ...router_, bookings }
  })

  it("gets no more than it has, and the next one when one of them ends", () =>
    Effect.gen(function* () {
      const { bookings, choose, inFlight, wait } = yield* full
      expect(choose(want)).toEqual({ _tag: "Busy" })
      const waiting = yield* Effect.forkChild(wait(want), { startImmediately: true })
      bookings[0]?.release()
      expect((yield* Fiber.join(waiting)).node).toBe(node(1))
      expect(inFlight(node(1)).attempts).toBe(5)
      expect(choose(want)).toEqual({ _tag: "Busy" })
    }))

  it("is tried with a little more after ten seconds, though nothing was heard of it", () =>
    Effect.gen(function* () {
      const { choose, wait } = yield* full
      const waiting = yield* Effect.forkChild(wait(want), { startImmediately: true })
      yield* TestClock.adjust("9999 millis")
      expect(choose(want)).toEqual({ _tag: "Busy" })
      yield* TestClock.adjust("1 millis")
      expect((yield* Fiber.join(waiting)).node).toBe(node(1))
      // 5 before, so up to 8: not everything that waits.
      expect([choose(want), choose(want), choose(want)].map((answer) => "_tag" in answer)).toEqual([false, false, true])
    }))

  it("wakes those who wait one a place, the longest first, however many they are", () =>
    Effect.gen(function* () {
      const { bookings, inFlight, wait } = yield* full
      const woken: Array<number> = []
      const wanted = Effect.map(wait(want), (booking) => bookings.push(booking))
      yield* Effect.forEach(
        Array.from({ length: 5_000 }, (_, i) => i),
        (i) =>
          Effect.forkChild(
            Effect.map(wanted, () => woken.push(i)),
            { startImmediately: true }
          )
      )
      const started = performance.now()
      for (let i = 0; i < 100; i++) bookings[i]?.release()
      expect(performance.now() - started).toBeLessThan(1_000)
      expect(woken).toEqual(Array.from({ length: 100 }, (_, i) => i))
      expect(inFlight(node(1)).attempts).toBe(5)
    }))

  it("leaves the jobs to a node that has room", () =>
    Effect.gen(function* () {
      const { choose, put } = yield* full
      put(node(2), report(offer("m", { slots: 1 })))
      for (let i = 0; i < 10; i++) expect(booked(choose(want)).node).toBe(node(2))
    }))
})
