/** Commands that the tests of their store write. */
import * as CommandStoreMemory from "@infernet/control-plane/command/CommandStoreMemory"
import * as CommandStoreSql from "@infernet/control-plane/command/CommandStoreSql"
import { CommandStore, type NewCommand } from "@infernet/control-plane/command/CommandStore"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import { type CommandReport } from "@infernet/contract/Command"
import { AccountId, CommandId } from "@infernet/contract/Id"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { it } from "@infernet/testing/harness"
import { describe } from "bun:test"
import { Context, DateTime, Effect, Layer, type Scope } from "effect"
import { SqlClient } from "effect/sql"
import { nodeId } from "../world.ts"

export const [alice, bob] = [AccountId.make(`acc_${"a".repeat(20)}`), AccountId.make(`acc_${"b".repeat(20)}`)]
export const [here, there] = [nodeId(1), nodeId(2)]
export const commandId = (n: number) => CommandId.make(`cmd_${String(n).padStart(20, "0")}`)
const start = DateTime.makeUnsafe("2026-11-22T12:00:00Z")
export const hours = (hours: number) => DateTime.add(start, { hours })

export const install = (n: number, part: Partial<NewCommand> = {}): NewCommand => ({
  id: commandId(n),
  nodeId: here,
  kind: "model_install",
  model: "qwen3:4b",
  file: null,
  sha256: null,
  issuedBy: alice,
  idempotencyKey: null,
  createdAt: start,
  expiresAt: hours(24),
  ...part
})
export const drain = (n: number, kind: "drain" | "resume" = "drain") => install(n, { kind, model: null })

export const reportOf = (n: number, report: CommandReport, at = hours(1), node = here) => ({
  node,
  command: commandId(n),
  report,
  at,
  expiresAt: DateTime.add(at, { hours: 24 })
})

const registered = Effect.gen(function* () {
  const nodes = yield* NodeStore
  for (const id of [here, there]) {
    yield* nodes.register({ id, publicKey: `02${id.slice(2).padEnd(64, "0")}`, name: "n", version: "1", at: start })
  }
})

const accounts = Effect.gen(function* () {
  const sql = yield* SqlClient.SqlClient
  for (const id of [alice, bob]) {
    yield* sql`insert into account (id, name, role, created_at) values (${id}, 'n', 'operator', now())`
  }
})

const withNodes = <E, R>(nodes: Layer.Layer<NodeStore, E, R>) =>
  Layer.provideMerge(Layer.effectDiscard(registered), nodes)

export const layers = [
  ["in memory", Layer.provideMerge(CommandStoreMemory.layer, withNodes(NodeStore.layerMemory))],
  [
    "in PostgreSQL",
    CommandStoreSql.layer.pipe(
      Layer.provideMerge(Layer.effectDiscard(accounts)),
      Layer.provideMerge(withNodes(NodeStore.layerSql)),
      Layer.provide(TestDatabase.layer)
    )
  ]
] as const

export interface Stores {
  readonly store: CommandStore["Service"]
  readonly nodes: NodeStore["Service"]
}

/** The same tests for each store. */
export const onEach = (
  suite: (test: (title: string, body: (stores: Stores) => Effect.Effect<void, unknown, Scope.Scope>) => void) => void
) => {
  for (const [name, layer] of layers) {
    describe(`commands ${name}`, () =>
      suite((title, body) =>
        it.live(
          title,
          () =>
            Effect.gen(function* () {
              const context = yield* Layer.build(Layer.fresh<CommandStore | NodeStore, unknown, never>(layer))
              return yield* body({ store: Context.get(context, CommandStore), nodes: Context.get(context, NodeStore) })
            }),
          { timeout: 60_000 }
        )
      ))
  }
}
