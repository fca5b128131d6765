import { describe, expect } from "bun:test"
import { LinkCodeStore, unusedLimit } from "@infernet/control-plane/invite/LinkCodeStore"
import * as LinkCodeStoreSql from "@infernet/control-plane/invite/LinkCodeStoreSql"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import { Unavailable } from "@infernet/contract/ApiError"
import type { NodeId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Context, DateTime, Effect, Layer, Random, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { alice, bob } from "../command/storedCommands.ts"
import { nodeId } from "../world.ts"

const start = DateTime.makeUnsafe("2026-11-22T12:00:00Z")
const minute = (minutes: number) => DateTime.add(start, { minutes })
const code = (hash: string, createdAt = start, accountId = alice) => ({
  hash,
  accountId,
  createdAt,
  expiresAt: DateTime.add(createdAt, { minutes: 15 })
})

const accounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const id of [alice, bob]) {
    yield* sql`insert into account (id, name, role, created_at) values (${id}, 'n', 'operator', now())`
  }
})

const layers = [
  ["in memory", Layer.merge(LinkCodeStore.layerMemory, NodeStore.layerMemory)],
  [
    "in PostgreSQL",
    Layer.mergeAll(LinkCodeStoreSql.layer, NodeStore.layerSql).pipe(
      Layer.provideMerge(Layer.effectDiscard(accounts)),
      Layer.provide(TestDatabase.layer)
    )
  ]
] as const

interface Stores {
  readonly codes: LinkCodeStore["Service"]
  readonly nodes: NodeStore["Service"]
  /** As a node that brings the code joins. */
  readonly join: (hash: string, node: NodeId, at?: DateTime.Utc) => ReturnType<NodeStore["Service"]["register"]>
}

const each = (title: string, body: (stores: Stores) => Effect.Effect<void, unknown, Scope.Scope>) => {
  for (const [name, layer] of layers) {
    it.live(
      `${title}, ${name}`,
      () =>
        Effect.gen(function* () {
          const context = yield* Layer.build(Layer.fresh<LinkCodeStore | NodeStore, unknown, never>(layer))
          const [codes, nodes] = [Context.get(context, LinkCodeStore), Context.get(context, NodeStore)]
          const join = (hash: string, id: NodeId, at = minute(1)) =>
            codes.redeem({ hash, node: id, at }, (account) =>
              nodes.register({
                id,
                publicKey: `02${id.slice(2).padEnd(64, "0")}`,
                name: "n",
                version: "1",
                at,
                account
              })
            )
          yield* body({ codes, nodes, join: join as Stores["join"] })
        }),
      { timeout: 60_000 }
    )
  }
}

const refusal = (joining: Effect.Effect<unknown, { readonly error_message: string }>) =>
  Effect.map(Effect.flip(joining), ({ error_message }) => error_message)

describe("a link code", () => {
  each(
    "gives one node to its account, which may bring it again and keeps the account it has then",
    ({ codes, join, nodes }) =>
      Effect.gen(function* () {
        expect(yield* codes.create(code("a"))).toBe(true)
        expect(yield* join("a", nodeId(1))).toMatchObject({ id: nodeId(1), accountId: alice, approved: true })
        expect(yield* refusal(join("a", nodeId(2)))).toContain("used by another node")
        yield* nodes.assign(nodeId(1), bob)
        expect(yield* join("a", nodeId(1), minute(600))).toMatchObject({ accountId: bob })
        expect((yield* nodes.all).map(({ id }) => id)).toEqual([nodeId(1)])
      })
  )

  each("is refused when it is unknown or 15 minutes old, and then nobody joins", ({ codes, join, nodes }) =>
    Effect.gen(function* () {
      yield* codes.create(code("a"))
      expect(yield* refusal(join("b", nodeId(1)))).toContain("not known")
      expect(yield* refusal(join("a", nodeId(1), minute(15)))).toContain("expired")
      expect(yield* nodes.all).toEqual([])
      expect(yield* join("a", nodeId(1), minute(14.9))).toMatchObject({ accountId: alice })
    })
  )

  each("is not used up by a node that could not be stored", ({ codes, join }) =>
    Effect.gen(function* () {
      yield* codes.create(code("a"))
      const away = new Unavailable({ error_message: "away" })
      const failing = codes.redeem({ hash: "a", node: nodeId(1), at: minute(1) }, () => Effect.fail(away))
      expect(yield* refusal(failing)).toBe("away")
      expect(yield* join("a", nodeId(2))).toMatchObject({ accountId: alice })
    })
  )

  each("is one of a limited number, of which used and expired ones are none", ({ codes, join }) =>
    Effect.gen(function* () {
      const asked = Array.from({ length: unusedLimit + 5 }, (_, n) => codes.create(code(`c${n}`)))
      const created = yield* Effect.all(asked, { concurrency: "unbounded" })
      expect(created.filter(Boolean)).toHaveLength(unusedLimit)
      expect(yield* codes.create(code("other", start, bob))).toBe(true)
      const first = created.indexOf(true)
      yield* join(`c${first}`, nodeId(1))
      expect(yield* codes.create(code("next"))).toBe(true)
      expect(yield* codes.create(code("full"))).toBe(false)
      expect(yield* codes.create(code("later", minute(15)))).toBe(true)
      expect(yield* refusal(join("next", nodeId(2), minute(16)))).toContain("not known")
      expect(yield* join(`c${first}`, nodeId(1), minute(16))).toMatchObject({ accountId: alice })
    })
  )

  const seed = "link codes"
  each("has one winner in each of a thousand races", ({ codes, join, nodes }) =>
    Effect.gen(function* () {
      for (let n = 0; n < 1_000; n++) {
        yield* codes.create(code(`r${n}`))
        const racers = yield* Random.shuffle([0, 1, 2].slice(0, yield* Random.nextIntBetween(2, 3)))
        const results = yield* Effect.all(
          racers.map((racer) => Effect.result(join(`r${n}`, nodeId(10 + n * 4 + racer)))),
          { concurrency: "unbounded" }
        )
        const won = racers.filter((_, index) => results[index]?._tag === "Success")
        expect([seed, n, won.length]).toEqual([seed, n, 1])
      }
      const stored = yield* nodes.all
      expect([stored.length, new Set(stored.map(({ accountId }) => accountId))]).toEqual([1_000, new Set([alice])])
    }).pipe(Random.withSeed(seed))
  )
})
