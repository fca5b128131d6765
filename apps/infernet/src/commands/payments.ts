/** `infernet payments`: what this node has earned, and how far that is on its way to being paid. */
import type { Sums } from "@infernet/daemon/receipt/ChannelBook"
import { type ChannelClaim, Claims } from "@infernet/daemon/receipt/Claims"
import { chains } from "@infernet/payment/settlement/Chain"
import { Console, DateTime, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as HomeClaims from "../client/HomeClaims.ts"
import * as options from "../settings/options.ts"
import { jsonText } from "../terminal/json.ts"
import { dollars } from "../terminal/money.ts"
import { bold, dim, fit, row, table, yellow } from "../terminal/style.ts"
import { of as redeemedOnChain, type Redeemed } from "./payments/redeemed.ts"
import { byDay, redeemedOf, total, uncovered, unredeemable } from "./payments/sums.ts"

const chainOf = ({ domain: { chain_id } }: ChannelClaim): string =>
  chain_id === 0 ? "none" : (Object.values(chains).find(({ id }) => id === chain_id)?.title ?? `chain ${chain_id}`)

const amounts = ({ countersigned, earned, signed }: Sums) => [dollars(earned), dollars(signed), dollars(countersigned)]
const paid = (value: bigint | string | undefined): string => (typeof value === "bigint" ? dollars(value) : "–")

const channelTable = (claims: ReadonlyArray<ChannelClaim>, redeemed: Redeemed): string =>
  table([
    ["CHANNEL", "CHAIN", "JOBS", "EARNED", "SIGNED", "COUNTERSIGNED", "REDEEMED"],
    ...claims.map((claim) => [
      fit(claim.channelId, 14),
      chainOf(claim),
      `${claim.sums.bills}`,
      ...amounts(claim.sums),
      paid(redeemed.get(claim.channelId))
    ])
  ])

const dayTable = (claims: ReadonlyArray<ChannelClaim>, days: number): string =>
  table([
    ["DAY", "JOBS", "EARNED", "SIGNED", "COUNTERSIGNED"],
    ...byDay(claims)
      .slice(0, days)
      .map(([day, sums]) => [day, `${sums.bills}`, ...amounts(sums)])
  ])

/** What stands between these sums and the money. */
const notes = (claims: ReadonlyArray<ChannelClaim>, redeemed: Redeemed): ReadonlyArray<string> => {
  const { disputed, signed } = total(claims)
  const waiting = claims.reduce((sum, claim) => sum + claim.waiting.bills, 0)
  const [noChain, over] = [unredeemable(claims), uncovered(claims)]
  const unknown = redeemedOf(redeemed).unknown.filter((reason) => reason !== "it is of no chain")
  return [
    ...(signed === 0n ? ["Nothing of it was charged: on this network payments are off, or its jobs were free."] : []),
    ...(noChain > 0n
      ? [`${dollars(noChain)} of it is of no chain: anybody can verify it, and it can never be redeemed.`]
      : []),
    ...(disputed > 0n ? [`${dollars(disputed)} were disputed: \`infernet receipt list\` says why.`] : []),
    ...(waiting > 0 ? [`${waiting} bills wait for the control plane's signature.`] : []),
    ...(over > 0n ? [`For ${dollars(over)} the payer's own signature has not come.`] : []),
    ...unknown.map((reason) => `What is redeemed is not known of all: ${reason}.`)
  ]
}

const views = ["channel", "day"] as const
const mostDays = 366

const empty = [
  "Nothing was earned yet: each job that this node does for others leaves a receipt.",
  dim("`infernet status` says whether jobs can reach it, `infernet doctor` why not.")
].join("\n")

const tell = (claims: ReadonlyArray<ChannelClaim>, redeemed: Redeemed, by: (typeof views)[number] | undefined) => {
  const sums = total(claims)
  const redeemedSum = paid(redeemedOf(redeemed).sum)
  const summary = [
    row("earned", `${bold(dollars(sums.earned))} by ${sums.bills} jobs`),
    row("signed", dollars(sums.signed)),
    row("both", `${dollars(sums.countersigned)} ${dim("countersigned by the control plane")}`),
    row("redeemed", redeemedSum)
  ]
  const parts = [
    ...(by === undefined ? [summary.join("\n")] : []),
    ...(by === "day" ? [] : [channelTable(claims, redeemed)]),
    ...(by === "channel" ? [] : [dayTable(claims, by === "day" ? mostDays : 7)]),
    ...notes(claims, redeemed).map((note) => yellow(note))
  ]
  return parts.join("\n\n")
}

const sumsJson = ({ bills, countersigned, disputed, earned, signed }: Sums) => ({
  bills,
  earned_micros: earned,
  signed_micros: signed,
  countersigned_micros: countersigned,
  disputed_micros: disputed
})

const channelJson = (claim: ChannelClaim, redeemed: bigint | string | undefined) => ({
  id: claim.channelId,
  chain_id: claim.domain.chain_id,
  contract: claim.domain.contract,
  payer: claim.terms.payer,
  fee_bps: claim.terms.fee_bps,
  redeemable: claim.domain.chain_id !== 0,
  ...sumsJson(claim.sums),
  redeemed_micros: typeof redeemed === "bigint" ? redeemed : null,
  redeemed_unknown: typeof redeemed === "string" ? redeemed : null,
  ceiling_micros: claim.voucher === undefined ? null : BigInt(claim.voucher.max_cumulative),
  waiting: {
    bills: claim.waiting.bills,
    amount_micros: claim.waiting.amount,
    since: claim.waiting.since === undefined ? null : DateTime.formatIso(DateTime.makeUnsafe(claim.waiting.since))
  }
})

const json = (claims: ReadonlyArray<ChannelClaim>, redeemed: Redeemed) => ({
  ...sumsJson(total(claims)),
  redeemed_micros: redeemedOf(redeemed).sum ?? null,
  channels: claims.map((claim) => channelJson(claim, redeemed.get(claim.channelId))),
  days: byDay(claims).map(([day, sums]) => ({ day, ...sumsJson(sums) }))
})

export const payments = Command.make(
  "payments",
  {
    by: Flag.Literals("by", views).pipe(
      Flag.withDescription("Only the sums of each channel, or of each day"),
      Flag.optional
    ),
    json: options.json
  },
  Effect.fnUntraced(function* ({ by, json: asJson }) {
    const claims = yield* (yield* Claims).newest
    const redeemed = yield* redeemedOnChain(claims)
    if (asJson) return yield* Console.log(jsonText(json(claims, redeemed)))
    if (claims.length === 0) return yield* Console.log(empty)
    yield* Console.log(tell(claims, redeemed, Option.getOrUndefined(by)))
  }, Effect.provide(HomeClaims.layer))
).pipe(
  Command.withShortDescription("Show what this node has earned, signed and been paid"),
  Command.withDescription(
    "Show what this node has earned: what it was billed for, what of that it has signed, what the control plane has\n" +
      "  countersigned, and what the chain has paid. From the receipts in this home, so also while nothing runs. Days are\n" +
      "  UTC, by the end of the jobs. `infernet payout` turns receipts into money."
  ),
  Command.withExamples([
    { command: "infernet payments", description: "All of it" },
    { command: "infernet payments --by day", description: "Day by day, for a year" },
    { command: "infernet payments --json | jq .countersigned_micros", description: "For programs, in micro-USDC" }
  ])
)
