/** Commands in memory: each operation is one synchronous function, so it is as atomic as a transaction. */
import type { CommandReport } from "@infernet/contract/Command"
import type { CommandId, NodeId } from "@infernet/contract/Id"
import { DateTime, Effect, Layer, Option } from "effect"
import { NodeStore } from "../node/NodeStore.ts"
import {
  type Changed,
  CommandStore,
  isOpen,
  type Issued,
  type NewCommand,
  openLimit,
  opposite,
  type Report,
  sameWish,
  type StoredCommand
} from "./CommandStore.ts"

const fresh = (command: NewCommand): StoredCommand => ({
  ...command,
  state: "pending",
  cancelled: false,
  progress: null,
  error: null,
  errorMessage: null,
  startedAt: null,
  finishedAt: null
})

const ended = (command: StoredCommand, state: StoredCommand["state"], at: DateTime.Utc): StoredCommand => ({
  ...command,
  state,
  cancelled: false,
  progress: null,
  finishedAt: at
})

const reported = (command: StoredCommand, report: CommandReport, { at, expiresAt }: Report): StoredCommand => {
  const heard = { ...command, expiresAt, startedAt: command.startedAt ?? at }
  if (report.state === "running") return { ...heard, state: "running", progress: report.progress ?? command.progress }
  const why = { error: report.error ?? null, errorMessage: report.error_message ?? null }
  return { ...ended(heard, report.state, at), ...why }
}

/** Holds everything for the life of the layer: for simulations and tests. */
export const layer = Layer.effect(
  CommandStore,
  Effect.gen(function* () {
    const nodes = yield* NodeStore
    const rows = new Map<CommandId, StoredCommand>()
    const of = (node: NodeId) => [...rows.values()].filter(({ nodeId }) => nodeId === node)
    const openOf = (node: NodeId) => of(node).filter(isOpen)
    const set = (row: StoredCommand) => void rows.set(row.id, row)

    const issue = (command: NewCommand): Issued => {
      const { createdAt, idempotencyKey, issuedBy, kind, nodeId } = command
      const keyed = of(nodeId).find(
        (row) => idempotencyKey !== null && row.issuedBy === issuedBy && row.idempotencyKey === idempotencyKey
      )
      if (keyed !== undefined) return sameWish(keyed, command) ? { _tag: "Known", command: keyed } : { _tag: "KeyUsed" }
      const open = openOf(nodeId)
      const same = open.find((row) => sameWish(row, command) && !row.cancelled)
      if (same !== undefined) return { _tag: "Known", command: same }
      if (open.length >= openLimit) return { _tag: "Full" }
      for (const row of open) {
        if (row.state === "pending" && row.kind === opposite[kind]) set(ended(row, "cancelled", createdAt))
      }
      const row = fresh(command)
      set(row)
      return { _tag: "Issued", command: row }
    }

    /** Changes one command of this node, unless it has ended. */
    const change = (node: NodeId, id: CommandId, to: (row: StoredCommand) => StoredCommand) =>
      Effect.sync((): Option.Option<Changed> => {
        const row = rows.get(id)
        if (row?.nodeId !== node) return Option.none()
        if (!isOpen(row)) return Option.some({ command: row, changed: false })
        const command = to(row)
        set(command)
        return Option.some({ command, changed: true })
      })

    return {
      issue: (command) =>
        Effect.sync(() => issue(command)).pipe(
          Effect.tap(({ _tag }) =>
            _tag === "Issued" && opposite[command.kind] !== undefined
              ? nodes.drain(command.nodeId, command.kind === "drain")
              : Effect.void
          )
        ),
      report: (report) => change(report.node, report.command, (row) => reported(row, report.report, report)),
      cancel: (node, id, at) =>
        change(node, id, (row) =>
          row.state === "pending" ? ended(row, "cancelled", at) : { ...row, cancelled: true }
        ),
      expire: (at) =>
        Effect.sync(() => {
          const due = [...rows.values()].filter((row) => isOpen(row) && DateTime.isLessThanOrEqualTo(row.expiresAt, at))
          const over = due.map((row) => ended(row, "expired", at))
          over.forEach(set)
          return over
        }),
      forget: (before) =>
        Effect.sync(() => {
          for (const { finishedAt, id } of rows.values()) {
            if (finishedAt !== null && DateTime.isLessThan(finishedAt, before)) rows.delete(id)
          }
        }),
      open: (node) => Effect.sync(() => openOf(node).toSorted(byId)),
      list: ({ before, limit, node }) =>
        Effect.sync(() =>
          of(node)
            .filter(({ id }) => before === undefined || id < before)
            .toSorted(byId)
            .toReversed()
            .slice(0, limit)
        ),
      get: (node, id) =>
        Effect.sync(() => Option.filter(Option.fromNullishOr(rows.get(id)), ({ nodeId }) => nodeId === node))
    }
  })
)

const byId = (a: StoredCommand, b: StoredCommand) => (a.id < b.id ? -1 : 1)
