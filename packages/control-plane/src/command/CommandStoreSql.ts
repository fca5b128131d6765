/** Commands in PostgreSQL. What a node is asked is decided under a lock of its row; every other change is one statement. */
import type { Unavailable } from "@infernet/contract/ApiError"
import { CommandError, CommandKind, CommandProgress, CommandState } from "@infernet/contract/Command"
import { AccountId, CommandId, NodeId } from "@infernet/contract/Id"
import { DateTime, Effect, Layer, Option, Schema } from "effect"
import { SqlClient, type SqlError } from "effect/sql"
import { away } from "../database/away.ts"
import { JsonText } from "../database/json.ts"
import { NodeStore } from "../node/NodeStore.ts"
import {
  type Changed,
  CommandStore,
  isOpen,
  type Issued,
  type NewCommand,
  openLimit,
  opposite,
  sameWish,
  type StoredCommand
} from "./CommandStore.ts"

const Time = Schema.DateTimeUtcFromDate
const text = Schema.NullOr(Schema.String)

const Row = Schema.Struct({
  id: CommandId,
  nodeId: NodeId,
  kind: CommandKind,
  model: text,
  file: text,
  sha256: text,
  state: CommandState,
  cancelled: Schema.Boolean,
  progress: Schema.NullOr(JsonText(CommandProgress)),
  error: Schema.NullOr(CommandError),
  errorMessage: text,
  issuedBy: AccountId,
  idempotencyKey: text,
  createdAt: Time,
  startedAt: Schema.NullOr(Time),
  finishedAt: Schema.NullOr(Time),
  expiresAt: Time
})

const date = DateTime.toDate

export const layer = Layer.effect(
  CommandStore,
  Effect.gen(function* () {
    const sql = yield* SqlClient.SqlClient
    const nodes = yield* NodeStore
    const columns = sql.literal(
      "id, node_id, kind, model, file, sha256, state, cancelled, progress, error, error_message, issued_by, " +
        "idempotency_key, created_at, started_at, finished_at, expires_at"
    )
    const isUnderWay = sql.literal("state in ('pending', 'running')")
    const decode = Schema.decodeUnknownEffect(Schema.Array(Row))
    const rows = (statement: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
      away(Effect.flatMap(statement, decode))
    const first = (statement: Effect.Effect<ReadonlyArray<unknown>, SqlError.SqlError>) =>
      Effect.map(rows(statement), (found): Option.Option<StoredCommand> => Option.fromNullishOr(found[0]))

    const get = (node: NodeId, id: CommandId) =>
      first(sql`select ${columns} from command where id = ${id} and node_id = ${node}`)
    const open = (node: NodeId) =>
      rows(sql`select ${columns} from command where node_id = ${node} and ${isUnderWay} order by id`)

    const insert = Effect.fnUntraced(function* (command: NewCommand) {
      const { createdAt, file, id, idempotencyKey, issuedBy, kind, model, nodeId, sha256 } = command
      const taken = opposite[kind]
      if (taken !== undefined) {
        yield* nodes.drain(nodeId, kind === "drain")
        yield* away(sql`
          update command set state = 'cancelled', finished_at = ${date(createdAt)}
           where node_id = ${nodeId} and kind = ${taken} and state = 'pending'`)
      }
      const [stored] = yield* rows(sql`
        insert into command (id, node_id, kind, model, file, sha256, state, issued_by, idempotency_key, created_at, expires_at)
        values (${id}, ${nodeId}, ${kind}, ${model}, ${file}, ${sha256}, 'pending', ${issuedBy}, ${idempotencyKey},
                ${date(createdAt)}, ${date(command.expiresAt)})
        returning ${columns}`)
      return stored ?? (yield* Effect.die(new Error("no row returned")))
    })

    const issue = Effect.fn("CommandStore.issue")(
      function* (command: NewCommand): Effect.fn.Return<Issued, Unavailable> {
        const { idempotencyKey, issuedBy, nodeId } = command
        // Whoever asks something of the same node at the same time waits here, and finds what was decided.
        yield* away(sql`select from node where id = ${nodeId} for no key update`)
        const keyed = yield* first(sql`
          select ${columns} from command
           where node_id = ${nodeId} and issued_by = ${issuedBy} and idempotency_key = ${idempotencyKey}`)
        if (Option.isSome(keyed)) {
          return sameWish(keyed.value, command) ? { _tag: "Known", command: keyed.value } : { _tag: "KeyUsed" }
        }
        const under = yield* open(nodeId)
        const same = under.find((row) => sameWish(row, command) && !row.cancelled)
        if (same !== undefined) return { _tag: "Known", command: same }
        if (under.length >= openLimit) return { _tag: "Full" }
        return { _tag: "Issued", command: yield* insert(command) }
      },
      sql.withTransaction,
      Effect.catchTag("SqlError", (error) => away(Effect.fail(error)))
    )

    /** The command as it was changed by the statement, else as it has ended before. */
    const changed = (node: NodeId, id: CommandId, update: ReturnType<typeof first>) =>
      Effect.flatMap(update, (row) =>
        Option.isSome(row)
          ? Effect.succeedSome<Changed>({ command: row.value, changed: true })
          : Effect.map(
              get(node, id),
              Option.map((command): Changed => ({ command, changed: false }))
            )
      )

    return CommandStore.of({
      issue,
      open,
      get,
      report: ({ at, command: id, expiresAt, node, report }) => {
        const progress = report.state === "running" && report.progress ? JSON.stringify(report.progress) : null
        const isEnd = !isOpen(report)
        const update = first(sql`
          update command
             set state = ${report.state},
                 cancelled = cancelled and not ${isEnd},
                 progress = case when ${isEnd} then null else coalesce(${progress}, progress) end,
                 error = ${(isEnd && report.error) || null},
                 error_message = ${(isEnd && report.error_message) || null},
                 started_at = coalesce(started_at, ${date(at)}),
                 finished_at = ${isEnd ? date(at) : null},
                 expires_at = ${date(expiresAt)}
           where id = ${id} and node_id = ${node} and ${isUnderWay}
          returning ${columns}`)
        return changed(node, id, update)
      },
      cancel: (node, id, at) =>
        changed(
          node,
          id,
          first(sql`
            update command
               set state = case when state = 'pending' then 'cancelled' else state end,
                   cancelled = state = 'running',
                   finished_at = case when state = 'pending' then ${date(at)}::timestamptz end
             where id = ${id} and node_id = ${node} and ${isUnderWay}
            returning ${columns}`)
        ),
      expire: (at) =>
        rows(sql`
          update command set state = 'expired', cancelled = false, progress = null, finished_at = ${date(at)}
           where ${isUnderWay} and expires_at <= ${date(at)} returning ${columns}`),
      forget: (before) => Effect.asVoid(away(sql`delete from command where finished_at < ${date(before)}`)),
      list: ({ before, limit, node }) =>
        rows(sql`
          select ${columns} from command
           where ${sql.and([sql`node_id = ${node}`, ...(before === undefined ? [] : [sql`id < ${before}`])])}
           order by id desc limit ${limit}`)
    })
  })
)
