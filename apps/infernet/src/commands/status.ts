/** `infernet status`: what runs from this home, and how it is doing. */
import { labelOf } from "@infernet/backend/kinds"
import type { BackendKind } from "@infernet/contract/Node"
import { Claims } from "@infernet/daemon/receipt/Claims"
import { Home } from "@infernet/platform/Home"
import { Console, DateTime, Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as HomeClaims from "../client/HomeClaims.ts"
import { Local } from "../client/Local.ts"
import * as models from "../client/models.ts"
import * as Target from "../client/Target.ts"
import { type Earned, earned } from "../network/earnings.ts"
import * as ending from "../run/ending.ts"
import { hows } from "../run/words.ts"
import * as options from "../settings/options.ts"
import { jsonText } from "../terminal/json.ts"
import { dollars } from "../terminal/money.ts"
import { bold, fitRow, green, plain, row, yellow } from "../terminal/style.ts"

const span = (seconds: number): string => {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

const uptime = Effect.fnUntraced(function* (startedAt: string) {
  const now = yield* DateTime.now
  return span(Math.floor((DateTime.toEpochMillis(now) - DateTime.toEpochMillis(DateTime.makeUnsafe(startedAt))) / 1000))
})

const namesOf = (ids: ReadonlyArray<string>): string => fitRow(ids.map(plain).join(", ") || "none online")

/** Its number, how it was started, and how long ago; and that it is about to end. */
const processRow = Effect.fnUntraced(function* (pid: number, startedAt: string) {
  const view = Option.getOrUndefined(yield* ending.current)
  const how = view === undefined ? "" : `, ${hows[view.how]}`
  const leaving = view?.ending === undefined ? "" : yellow("  draining")
  return row("process", `${pid}${how}, up ${yield* uptime(startedAt)}${leaving}`)
})

const nameOf = ({ kind }: { readonly kind: BackendKind }): string =>
  kind === "embedded" ? `${labelOf(kind)}, embedded` : labelOf(kind)

/** By the receipts in this home, which are there also where its node is away; nothing where there are none to read. */
const earnings = Effect.gen(function* () {
  const claims = yield* (yield* Claims).newest
  return { ...(yield* earned(claims)), waiting: claims.reduce((sum, { waiting }) => sum + waiting.bills, 0) }
}).pipe(Effect.provide(HomeClaims.layer), Effect.option)

/** Not where nothing is charged. */
const earningsRow = Effect.fnUntraced(function* ({ today, total, waiting }: Earned & { readonly waiting: number }) {
  if (total === 0n) return
  const open = waiting === 0 ? "" : yellow(`  ${waiting} not countersigned`)
  yield* Console.log(row("earned", `${dollars(today)} today, ${dollars(total)} in all${open}`))
})

const earningsJson = ({ today, total, waiting }: Earned & { readonly waiting: number }) => ({
  earned: { today_micros: today, total_micros: total, not_countersigned: waiting }
})

const heading = (version: string, where: string) => Console.log(`${bold("infernet")} ${version}  ${where}\n`)

const network = Effect.fnUntraced(function* (json: boolean) {
  const { root } = yield* Home
  const local = yield* Local
  const overview = yield* local.overview
  // Without a key, as where a control plane runs alone, what is offered stays unknown.
  const offered = Option.getOrUndefined(
    yield* Effect.option(Effect.flatMap(Target.find(Option.some(overview.url)), models.list))
  )
  const money = yield* earnings
  if (json) {
    const facts = { kind: "network", home: root, ...overview, models: offered ?? null }
    return yield* Console.log(jsonText({ ...facts, ...Option.getOrUndefined(Option.map(money, earningsJson)) }))
  }
  const { completed, failed, pending } = overview.jobs
  yield* heading(overview.version, overview.url)
  yield* Console.log(row("home", root))
  yield* Console.log(yield* processRow(overview.pid, overview.started_at))
  yield* Console.log(row("nodes", `${overview.nodes_online} online`))
  if (offered !== undefined) yield* Console.log(row("models", namesOf(offered.map(({ id }) => id))))
  yield* Console.log(row("jobs", `${completed} completed, ${failed} failed today; ${pending} running`))
  if (Option.isSome(money)) yield* earningsRow(money.value)
})

const node = Effect.fnUntraced(function* (json: boolean) {
  const { root } = yield* Home
  const overview = yield* (yield* Local).node
  const money = yield* earnings
  if (json) {
    const facts = { kind: "node", home: root, ...overview }
    return yield* Console.log(jsonText({ ...facts, ...Option.getOrUndefined(Option.map(money, earningsJson)) }))
  }
  const { completed, failed, running } = overview.jobs
  yield* heading(overview.version, "a node")
  yield* Console.log(row("home", root))
  yield* Console.log(yield* processRow(overview.pid, overview.started_at))
  yield* Console.log(row("node", overview.node))
  const state = overview.linked ? green("linked") : yellow("not linked now")
  yield* Console.log(row("network", `${overview.control_plane}  ${state}`))
  const { waiting } = Option.getOrElse(yield* ending.current, (): { readonly waiting?: string } => ({}))
  if (!overview.linked && waiting !== undefined) yield* Console.log(row("", yellow(plain(waiting))))
  yield* Console.log(row("backend", [...new Set(overview.backends.map(nameOf))].join(", ") || "none answers"))
  yield* Console.log(row("models", namesOf(overview.models)))
  yield* Console.log(row("jobs", `${completed} completed, ${failed} failed since its start; ${running} running`))
  if (Option.isSome(money)) yield* earningsRow(money.value)
})

export const status = Command.make(
  "status",
  { json: options.json },
  Effect.fnUntraced(function* ({ json }) {
    const local = yield* Local
    const isNode = yield* Effect.isSuccess(local.node)
    return yield* isNode ? node(json) : network(json)
  })
).pipe(
  Command.withShortDescription("Show what runs from this home"),
  Command.withDescription("Show what runs from this home: a network, or a node of one. Exits 1 when nothing does."),
  Command.withExamples([{ command: "infernet status --json", description: "For programs" }])
)
