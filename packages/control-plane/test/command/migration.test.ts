import { expect } from "bun:test"
import { copyFileSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import * as migrations from "@infernet/platform/database/migrations"
import { it } from "@infernet/testing/harness"
import * as TestDatabase from "@infernet/testing/TestDatabase"
import { Context, Effect, Layer } from "effect"
import { SqlClient } from "effect/sql"
import { nodeId } from "../world.ts"

it.live(
  "nodes of before belong to the administrator and take jobs",
  () =>
    Effect.gen(function* () {
      const folder = yield* Effect.acquireRelease(
        Effect.sync(() => mkdtempSync(join(tmpdir(), "infernet-sql-"))),
        (folder) => Effect.sync(() => rmSync(folder, { recursive: true }))
      )
      copyFileSync(join(migrations.directory, "0001_foundation.sql"), join(folder, "0001_foundation.sql"))
      const database = yield* Layer.build(Layer.fresh(TestDatabase.of(folder)))
      const sql = Context.get(database, SqlClient.SqlClient)
      yield* sql`
        insert into node (id, public_key, name, version, registered_at)
        values (${nodeId(1)}, ${`02${"0".repeat(64)}`}, 'old', '1', now())`
      const migrated = NodeStore.layerSql.pipe(
        Layer.provideMerge(migrations.layer(migrations.directory)),
        Layer.provide(Layer.succeedContext(database))
      )
      const { all } = Context.get(yield* Layer.build(Layer.fresh(migrated)), NodeStore)
      expect(yield* all).toMatchObject([
        { id: nodeId(1), name: "old", accountId: null, draining: false, approved: true, keySince: null }
      ])
    }),
  { timeout: 30_000 }
)
