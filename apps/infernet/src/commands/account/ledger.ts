/** `infernet account ledger`: why an account's money came and went. */
import { entriesAtOnce, type EntryView, LedgerPage } from "@infernet/contract/Ledger"
import { usdc } from "@infernet/contract/Micros"
import { csvOf } from "@infernet/control-plane/http/ledgerCsv"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import { HttpClientRequest } from "effect/http"
import { decode, send } from "../../client/api.ts"
import { Local } from "../../client/Local.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { jsonText } from "../../terminal/json.ts"
import { plain, table } from "../../terminal/style.ts"
import { accountOf, maybeWho } from "./who.ts"

/** Page by page, up to so many. */
const entriesOf = Effect.fnUntraced(function* <E, R>(
  page: (cursor: string | undefined, limit: number) => Effect.Effect<LedgerPage, E, R>,
  most: number
) {
  const found: Array<EntryView> = []
  let cursor: string | undefined
  do {
    const { entries, next_cursor } = yield* page(cursor, Math.min(entriesAtOnce.json, most - found.length))
    found.push(...entries)
    cursor = next_cursor ?? undefined
  } while (cursor !== undefined && found.length < most)
  return found
})

const ownPages = Effect.fnUntraced(function* (controlPlane: Option.Option<string>) {
  const target = yield* Target.find(controlPlane)
  return (cursor: string | undefined, limit: number) => {
    const query = new URLSearchParams({ limit: String(limit), ...(cursor !== undefined && { cursor }) })
    return Effect.flatMap(send(target, HttpClientRequest.get(`/api/v1/ledger?${query}`)), decode(LedgerPage))
  }
})

const pagesOf = Effect.fnUntraced(function* (who: string) {
  const { id } = yield* accountOf(who)
  const local = yield* Local
  return (cursor: string | undefined, limit: number) =>
    local.administer((admin) =>
      admin.ledger({ params: { id }, query: { limit, ...(cursor !== undefined && { cursor }) } })
    )
})

const signed = (micros: bigint): string => (micros === 0n ? "" : `${micros > 0n ? "+" : ""}${usdc(micros)}`)

const told = (entries: ReadonlyArray<EntryView>): string => {
  if (entries.length === 0) return "Nothing was ever booked."
  const rows = entries.map((entry) => [
    entry.at.slice(0, 19).replace("T", " "),
    entry.kind,
    signed(entry.amount_micros),
    signed(entry.available_micros + entry.credit_micros),
    signed(entry.held_micros + entry.credit_held_micros),
    plain(entry.note ?? entry.job_id ?? entry.reference)
  ])
  return table([["TIME (UTC)", "KIND", "AMOUNT", "FREE", "HELD", "WHAT FOR"], ...rows])
}

export const ledger = Command.make(
  "ledger",
  {
    who: maybeWho,
    limit: Flag.Int("limit").pipe(
      Flag.withMetavar("<count>"),
      Flag.withDescription(
        `How many entries, the newest, up to ${entriesAtOnce.csv} (usually 20; with --csv all of those)`
      ),
      Flag.filter(
        (count) => count >= 1 && count <= entriesAtOnce.csv,
        () => `a count from 1 to ${entriesAtOnce.csv}`
      ),
      Flag.optional
    ),
    csv: Flag.Boolean("csv").pipe(
      Flag.withDescription("Print a CSV file, amounts in USDC, for spreadsheets and bookkeeping"),
      Flag.withDefault(false)
    ),
    json: options.json,
    controlPlane: options.controlPlaneFlag("Ask this network instead of the one here")
  },
  Effect.fn(function* ({ controlPlane, csv, json, limit, who }) {
    const most = Option.getOrElse(limit, () => (csv ? entriesAtOnce.csv : 20))
    const entries = yield* Option.isSome(who)
      ? Effect.flatMap(pagesOf(who.value), (page) => entriesOf(page, most))
      : Effect.flatMap(ownPages(controlPlane), (page) => entriesOf(page, most))
    if (csv) return yield* Effect.sync(() => void process.stdout.write(csvOf(entries)))
    yield* Console.log(json ? jsonText(entries) : told(entries))
  })
).pipe(
  Command.withDescription(
    "Show why an account's money came and went, newest first. FREE and HELD are what changed of each."
  ),
  Command.withExamples([
    { command: "infernet account ledger", description: "One's own" },
    { command: "infernet account ledger alice --csv > alice.csv", description: "Of an account here, for a spreadsheet" }
  ])
)
