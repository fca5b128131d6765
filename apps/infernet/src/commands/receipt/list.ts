/** `infernet receipt list`: the receipts of this home's node, newest first. */
import { Claims, type KeptBill } from "@infernet/daemon/receipt/Claims"
import { Clock, Console, DateTime, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as HomeClaims from "../../client/HomeClaims.ts"
import { since } from "../../logs/since.ts"
import * as options from "../../settings/options.ts"
import { jsonText } from "../../terminal/json.ts"
import { charged } from "../../terminal/money.ts"
import { columnsAfter, fit, plain, table } from "../../terminal/style.ts"

export const stateOf = (kept: KeptBill): string =>
  kept.state === "signed" ? "waits for the control plane" : kept.state === "disputed" ? "disputed" : "signed by both"

export const jsonOf = (kept: KeptBill) => {
  const { at, bill } = kept
  const common = { id: bill.id, state: kept.state, at: DateTime.formatIso(DateTime.makeUnsafe(at)), bill }
  if (kept.state === "countersigned") return { ...common, receipt: kept.receipt }
  if (kept.state === "disputed") return { ...common, reason: kept.reason, basis: kept.basis }
  return { ...common, node_key: kept.node_key, node_signature: kept.node_signature }
}

const timeOf = (at: number): string => DateTime.formatIso(DateTime.makeUnsafe(at)).slice(0, 16).replace("T", " ")

const most = 100_000

export const list = Command.make(
  "list",
  {
    since: options.flag("since", "<time>", "Only those from then on: 30s, 10m, 2h, 1d or 2026-11-22T10:00", since),
    limit: Flag.Int("limit").pipe(
      Flag.withAlias("n"),
      Flag.withDescription(`How many at most, up to ${most}; 20 without --since`),
      Flag.filter(
        (limit) => limit >= 1 && limit <= most,
        () => `expected 1 to ${most}`
      ),
      Flag.optional
    ),
    json: options.json
  },
  Effect.fnUntraced(function* ({ json, limit, since }) {
    const now = yield* Clock.currentTimeMillis
    const from = Option.getOrUndefined(since)?.(now)
    const page = { since: from, limit: Option.getOrElse(limit, () => (from === undefined ? 20 : most)) }
    const kept = yield* (yield* Claims).receipts(page)
    if (json) return yield* Console.log(jsonText(kept.map(jsonOf)))
    if (kept.length === 0) {
      const none =
        from === undefined ? "There is no receipt yet: each job that this node does for others leaves one." : ""
      return yield* Console.log(none || "There is none since then.")
    }
    const width = Math.max(12, columnsAfter(84))
    const rows = kept.map((one) => [
      one.bill.id,
      timeOf(one.at),
      charged(BigInt(one.bill.usage.amount)),
      stateOf(one),
      fit(plain(one.bill.usage.model), width)
    ])
    yield* Console.log(table([["RECEIPT", "AT (UTC)", "AMOUNT", "STATE", "MODEL"], ...rows]))
  }, Effect.provide(HomeClaims.layer))
).pipe(
  Command.withShortDescription("List the receipts of this home's node"),
  Command.withDescription(
    "List the receipts of this home's node, newest first, from its files: also while nothing runs. Very old ones may be\n" +
      "  in the sums of `infernet payments` alone."
  ),
  Command.withExamples([
    { command: "infernet receipt list --since 1d", description: "Of the last day" },
    {
      command: "infernet receipt list -n 1000 --json | jq '[.[].receipt // empty]' | infernet receipt verify -",
      description: "Verify them"
    }
  ])
)
