import { describe, expect } from "bun:test"
import { NodeId } from "@infernet/contract/Id"
import type { ModelOffer } from "@infernet/contract/Node"
import { type Price, priceText } from "@infernet/contract/Price"
import type { Terms } from "@infernet/routing/candidates"
import { Router, type Want } from "@infernet/routing/Router"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Layer, Random } from "effect"

const node = (n: number) => NodeId.make(`0x${n.toString(16).padStart(40, "0")}`)
const price = (output: bigint): Price => ({ input_micros_per_1k: output / 4n, output_micros_per_1k: output })
const list = price(2_000n)
const terms = (most?: bigint): Terms => ({ list, most })
const want: Want = { model: "m", promptTokens: 100, expectedTokens: 256, exclude: new Set(), terms: terms() }

const offer = (ask?: bigint, slots = 4): ModelOffer => ({
  id: "m",
  backend: "openai",
  state: "loaded",
  capabilities: ["chat"],
  slots,
  ...(ask !== undefined && { price: priceText(price(ask)) })
})

/** Nodes 1, 2 … with these asks; undefined: the list price. */
const nodesAsking = (...asks: ReadonlyArray<bigint | undefined>) =>
  Effect.gen(function* () {
    const router = Context.get(yield* Layer.build(Layer.fresh(Router.layer)), Router)
    for (const [i, ask] of asks.entries()) {
      router.put(node(i + 1), { models: [offer(ask)], inFlight: 0, draining: false })
    }
    return router
  }).pipe(Random.withSeed("prices"))

const chosen = (answer: ReturnType<Router["Service"]["choose"]>) => ("_tag" in answer ? answer : answer.node)

describe("prices", () => {
  it("decide between nodes that are alike, and a higher ask than the list price is none", () =>
    Effect.gen(function* () {
      const { choose } = yield* nodesAsking(undefined, 500n, 9_000n)
      expect(chosen(choose(want))).toBe(node(2))
      const dear = yield* nodesAsking(9_000n)
      expect(chosen(dear.choose({ ...want, terms: terms(2_000n) }))).toBe(node(1))
    }))

  it("do not make a client wait long to save next to nothing", () =>
    Effect.gen(function* () {
      const { choose } = yield* nodesAsking(undefined, 1_900n)
      const nodes = Array.from({ length: 8 }, () => chosen(choose(want)))
      expect(nodes.filter((one) => one === node(1)).length).toBeGreaterThanOrEqual(3)
    }))

  it("over the most that a client pays are passed over, and where there are no others the lowest is told", () =>
    Effect.gen(function* () {
      const { choose } = yield* nodesAsking(undefined, 1_500n, 1_200n)
      const paying = (most: bigint) => chosen(choose({ ...want, terms: terms(most) }))
      expect(paying(1_499n)).toBe(node(3))
      expect(paying(1_199n)).toEqual({ _tag: "TooDear", lowest: 1_200n })
      // What cannot answer at all does not become a matter of price.
      const needs = { capabilities: ["vision" as const], contextLength: 0 }
      expect(chosen(choose({ ...want, needs, terms: terms(1n) }))).toEqual({ _tag: "Lacking", capability: "vision" })
    }))

  it("follow an operator who changes the ask", () =>
    Effect.gen(function* () {
      const { choose, put } = yield* nodesAsking(1_500n)
      put(node(1), { models: [offer(900n)], inFlight: 0, draining: false })
      expect(chosen(choose({ ...want, terms: terms(1_000n) }))).toBe(node(1))
      put(node(1), { models: [offer()], inFlight: 0, draining: false })
      expect(chosen(choose({ ...want, terms: terms(1_000n) }))).toEqual({ _tag: "TooDear", lowest: 2_000n })
    }))

  it("count for nothing where nothing is charged", () =>
    Effect.gen(function* () {
      const { choose } = yield* nodesAsking(undefined, 0n)
      const { terms: _terms, ...free } = want
      const nodes = Array.from({ length: 8 }, () => chosen(choose(free)))
      expect(nodes.filter((one) => one === node(1)).length).toBe(4)
    }))
})
