/** What was learned of how tokens are counted outlives the process, and is added up over all of them. */
import { describe, expect } from "bun:test"
import { BytesPerToken } from "@infernet/control-plane/bill/BytesPerToken"
import * as LineStores from "@infernet/control-plane/bill/LineStores"
import { LineStore } from "@infernet/control-plane/bill/BytesPerToken"
import { lineOf, remembered } from "@infernet/payment/bill/Line"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Context, DateTime, Effect, Exit, Layer, Scope } from "effect"
import { TestClock } from "effect/testing"

const name = { model: "m", kind: "completion", operator: "a" } as const
const stranger = { ...name, operator: "b" }
const sample = (bytes: bigint, tokens: bigint) => {
  const line = lineOf(bytes, tokens)
  if (line === undefined) throw new Error("there is something to learn")
  return line
}

describe("what was learned", () => {
  it("is stored within seconds, and known to who begins later", () =>
    Effect.gen(function* () {
      const store = yield* Layer.build(Layer.fresh(LineStores.layerMemory))
      const process = Effect.fnUntraced(function* () {
        const scope = yield* Scope.make()
        const layer = Layer.fresh(BytesPerToken.layer).pipe(Layer.provide(Layer.succeedContext(store)))
        const context = yield* Layer.build(layer).pipe(Scope.provide(scope))
        yield* TestClock.adjust(0)
        return { learned: Context.get(context, BytesPerToken), end: Scope.close(scope, Exit.void) }
      })
      const first = yield* process()
      first.learned.learn(name, sample(1_000n, 250n))
      first.learned.learn(name, sample(3_000n, 750n))
      expect(first.learned.expected(stranger, 2_000n)).toEqual({ tokens: 500n, byOthers: true })
      yield* TestClock.adjust("5 seconds")
      yield* first.end
      const second = yield* process()
      expect(second.learned.expected(stranger, 2_000n)).toEqual({ tokens: 500n, byOthers: true })
      expect(second.learned.expected({ ...stranger, kind: "prompt" }, 2_000n)).toBeUndefined()
      yield* second.end
    }))

  it.live("is added up by PostgreSQL as it is in memory, halves included", () =>
    Effect.gen(function* () {
      const stores = yield* Effect.forEach(
        [LineStores.layerMemory, LineStores.layerSql.pipe(Layer.provide(TestDatabase.layer))],
        (layer) => Effect.map(Layer.build(Layer.fresh(layer)), (context) => Context.get(context, LineStore))
      )
      const at = DateTime.makeUnsafe("2026-11-22T12:00:00Z")
      const many = { ...sample(65_536n, 1_048_576n), jobs: remembered - 1n }
      for (const store of stores) {
        yield* store.add(
          [
            { name, line: many },
            { name: stranger, line: sample(10n, 3n) }
          ],
          at
        )
        const [sum] = yield* store.add([{ name, line: sample(1_001n, 251n) }], at)
        expect(sum?.line).toEqual({
          jobs: remembered / 2n,
          bytes: 33_268n,
          tokens: 524_413n,
          bytesSquared: (65_536n ** 2n + 1_001n ** 2n) / 2n,
          bytesTokens: (65_536n * 1_048_576n + 1_001n * 251n) / 2n
        })
        expect(yield* store.since(at, 10)).toHaveLength(2)
      }
      const [, sql] = stores
      yield* sql?.forget(DateTime.add(at, { seconds: 1 })) ?? Effect.void
      expect(yield* sql?.since(at, 10) ?? Effect.succeed([])).toEqual([])
    })
  )
})
