import { describe, expect } from "bun:test"
import type { AccountId } from "@infernet/contract/Id"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import type { KeyRotation } from "@infernet/control-plane/node/rotation"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Context, DateTime, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { alice, bob } from "../command/storedCommands.ts"
import { nodeId } from "../world.ts"

const start = DateTime.makeUnsafe("2026-11-22T12:00:00Z")
const hour = (hours: number) => DateTime.add(start, { hours })
const key = (n: number) => `02${n.toString(16).padStart(64, "0")}`

const accounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const id of [alice, bob]) {
    yield* sql`insert into account (id, name, role, created_at) values (${id}, 'n', 'operator', now())`
  }
})

const layers = [
  ["in memory", NodeStore.layerMemory],
  [
    "in PostgreSQL",
    NodeStore.layerSql.pipe(
      Layer.provideMerge(Layer.effectDiscard(accounts)),
      Layer.provide(TestDatabase.layer)
    ) as Layer.Layer<NodeStore>
  ]
] as const

const rotation = (from: number, to: number, part: Partial<KeyRotation> = {}): KeyRotation => {
  const at = part.at ?? hour(1)
  const by = { account: alice, role: "operator" } as const
  return {
    id: nodeId(1),
    by,
    from: key(from),
    to: key(to),
    at,
    receiptsUntil: DateTime.add(at, { hours: 24 }),
    ...part
  }
}

const by = (account: AccountId, role: "operator" | "admin" = "operator") => ({ by: { account, role } })

/** Alice's node 1 has key 1, nobody's node 2 key 2. */
const each = (title: string, body: (store: NodeStore["Service"]) => Effect.Effect<void, unknown, Scope.Scope>) => {
  for (const [name, layer] of layers) {
    it.live(
      `${title}, ${name}`,
      () =>
        Effect.gen(function* () {
          const store = Context.get(yield* Layer.build(Layer.fresh(layer)), NodeStore)
          const one = { name: "n", version: "1", at: start }
          yield* store.register({ ...one, id: nodeId(1), publicKey: key(1), account: alice })
          yield* store.register({ ...one, id: nodeId(2), publicKey: key(2) })
          yield* body(store)
        }),
      { timeout: 60_000 }
    )
  }
}

const keyOf = (store: NodeStore["Service"], n = 1) =>
  Effect.map(store.all, (nodes) => nodes.find(({ id }) => id === nodeId(n))?.publicKey)
const code = (rotating: Effect.Effect<unknown, { readonly error: string }>) =>
  Effect.map(Effect.flip(rotating), ({ error }) => error)

describe("a rotation", () => {
  each("changes the key, keeps the node, and is the same when it is sent again", (store) =>
    Effect.gen(function* () {
      const first = yield* store.rotate(rotation(1, 3))
      expect(first).toMatchObject({ publicKey: key(1), retiredAt: hour(1), receiptsUntil: hour(25) })
      expect(yield* store.rotate(rotation(1, 3, { at: hour(2) }))).toEqual(first)
      const node = (yield* store.all).find(({ id }) => id === nodeId(1))
      expect(node).toMatchObject({ publicKey: key(3), keySince: hour(1), accountId: alice, registeredAt: start })
      // Registering does not touch it, whichever key is named.
      const again = { id: nodeId(1), publicKey: key(1), name: "m", version: "2", at: hour(2) }
      expect(yield* store.register(again)).toMatchObject({ name: "m", publicKey: key(3) })
    })
  )

  each("is done once of two at the same time, and never again when it was recorded", (store) =>
    Effect.gen(function* () {
      const both = [3, 4].map((to) => Effect.result(store.rotate(rotation(1, to))))
      const results = yield* Effect.all(both, { concurrency: "unbounded" })
      expect(results.map(({ _tag }) => _tag).toSorted()).toEqual(["Failure", "Success"])
      const winner = results[0]?._tag === "Success" ? 3 : 4
      expect(yield* keyOf(store)).toBe(key(winner))
      yield* store.rotate(rotation(winner, 5))
      // The first word once more, the way back, and the way round.
      for (const [from, to] of [
        [1, winner],
        [5, 1],
        [5, winner],
        [5, 2],
        [5, 5]
      ] as const) {
        expect(yield* code(store.rotate(rotation(from, to)))).toBe("conflict")
      }
      expect(yield* keyOf(store)).toBe(key(5))
    })
  )

  each("is the owner's or an administrator's, never of a banned node, and a stranger's changes nothing", (store) =>
    Effect.gen(function* () {
      const nobodys = { id: nodeId(2), ...by(bob) }
      expect(yield* code(store.rotate(rotation(1, 3, by(bob))))).toBe("forbidden")
      expect(yield* code(store.rotate(rotation(2, 3, nobodys)))).toBe("forbidden")
      expect(yield* code(store.rotate(rotation(1, 3, { id: nodeId(9) })))).toBe("not_found")
      expect([yield* keyOf(store, 1), yield* keyOf(store, 2)]).toEqual([key(1), key(2)])
      yield* store.rotate(rotation(2, 3, { ...nobodys, ...by(bob, "admin") }))
      yield* store.rotate(rotation(1, 4, by(bob, "admin")))
      expect([yield* keyOf(store, 1), yield* keyOf(store, 2)]).toEqual([key(4), key(3)])
    })
  )

  each("ends what was granted to older keys when one is given up as stolen, also in a repetition", (store) =>
    Effect.gen(function* () {
      const left = Effect.map(store.retiredKeys(nodeId(1), hour(4)), (keys) => keys.map(({ publicKey }) => publicKey))
      yield* store.rotate(rotation(1, 10, { at: hour(1) }))
      yield* store.rotate(rotation(10, 11, { at: hour(2) }))
      expect(yield* left).toEqual([key(10), key(1)])
      // A repetition gives no longer grace than the first time, but takes it away.
      expect(yield* store.rotate(rotation(10, 11, { at: hour(3) }))).toMatchObject({ receiptsUntil: hour(26) })
      const stolen = rotation(10, 11, { at: hour(3), receiptsUntil: hour(3) })
      expect(yield* store.rotate(stolen)).toMatchObject({ retiredAt: hour(2), receiptsUntil: hour(3) })
      expect(yield* left).toEqual([])
    })
  )

  each("leaves the old key to receipts for 24 hours, and is had five times in them", (store) =>
    Effect.gen(function* () {
      const left = (at: DateTime.Utc) =>
        Effect.map(store.retiredKeys(nodeId(1), at), (keys) => keys.map(({ publicKey }) => publicKey))
      yield* store.rotate(rotation(1, 10, { at: hour(0) }))
      yield* store.rotate(rotation(10, 11, { at: hour(1) }))
      yield* store.rotate(rotation(11, 12, { at: hour(2) }))
      expect(yield* left(hour(2))).toEqual([key(11), key(10), key(1)])
      expect(yield* left(hour(24))).toEqual([key(11), key(10)])
      expect(yield* left(hour(26))).toEqual([])
      yield* store.rotate(rotation(12, 13, { at: hour(3) }))
      yield* store.rotate(rotation(13, 14, { at: hour(4) }))
      const sixth = yield* Effect.flip(store.rotate(rotation(14, 15, { at: hour(23) })))
      expect(sixth).toMatchObject({ error: "rate_limited", retry_after: 3600 })
      yield* store.rotate(rotation(14, 15, { at: hour(24) }))
      expect(yield* keyOf(store)).toBe(key(15))
    })
  )
})

it.live(
  "a banned node keeps its key",
  () =>
    Effect.gen(function* () {
      const database = yield* Layer.build(Layer.fresh(TestDatabase.layer))
      const sql = Context.get(database, SqlClient.SqlClient)
      const built = yield* Layer.build(NodeStore.layerSql.pipe(Layer.provide(Layer.succeedContext(database))))
      const store = Context.get(built, NodeStore)
      yield* store.register({ id: nodeId(1), publicKey: key(1), name: "n", version: "1", at: start })
      yield* sql`update node set banned = true`
      expect((yield* Effect.flip(store.rotate(rotation(1, 3, by(alice, "admin"))))).error_message).toContain("banned")
      expect(yield* keyOf(store)).toBe(key(1))
    }),
  { timeout: 60_000 }
)
