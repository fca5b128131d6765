/** A payout in words and as JSON: what each channel has earned, was paid before, is paid now, and why another is not. */
import { Micros, usdc } from "@infernet/contract/Micros"
import { type Chain, coins, transactionLink } from "@infernet/payment/settlement/Chain"
import type { Done } from "@infernet/payment/settlement/payout/Book"
import type { Plan, Row } from "@infernet/payment/settlement/payout/plan"
import type { Registered } from "@infernet/payment/settlement/registration/Registration"
import { DateTime, Schema } from "effect"
import { columnsAfter, dim, fit, green, row, table, yellow } from "../../terminal/style.ts"

const micros = Schema.encodeSync(Micros)

/** Enough of a channel's id to tell it from the others. */
const short = (id: string): string => fit(id, 14)

const paidNow = ({ verdict }: Row) => (verdict._tag === "Due" ? verdict : { gross: 0n, net: 0n })

/** Sums are of USDC. */
export const channelTable = (rows: ReadonlyArray<Row>): string => {
  const cells = rows.map((row) => {
    const { gross, net } = paidNow(row)
    const { claim, state } = row
    return [short(claim.channel), usdc(claim.cumulative), usdc(state.paid), usdc(net), usdc(gross - net)]
  })
  return table([["CHANNEL", "EARNED", "PAID BEFORE", "NOW", "FEE"], ...cells])
}

/** Why channels that owe something, or might, are not paid. */
export const leftNotes = (rows: ReadonlyArray<Row>): ReadonlyArray<string> =>
  rows.flatMap(({ claim, state, verdict }) =>
    verdict._tag === "Left" && claim.cumulative > state.paid
      ? [`${yellow(short(claim.channel))} is not paid: ${verdict.why}`]
      : []
  )

export const opening = (chain: Chain, contract: string): string =>
  [row("chain", chain.title), row("escrow", `${contract} ${yellow("(unaudited)")}`)].join("\n")

const barWidth = 20

/** `████░░░░  4 of 10 confirmations`. */
export const confirmationsText = (confirmations: number, wanted: number): string => {
  if (columnsAfter(barWidth + 40) === 0) return `${confirmations} of ${wanted} confirmations`
  const full = Math.floor((confirmations * barWidth) / Math.max(1, wanted))
  return `${"█".repeat(full)}${"░".repeat(barWidth - full)}  ${confirmations} of ${wanted} confirmations`
}

const sumsOf = ({ channels }: Done) => ({
  net: channels.reduce((sum, { net }) => sum + net, 0n),
  fee: channels.reduce((sum, { fee }) => sum + fee, 0n)
})

export const paidRows = (chain: Chain, done: Done): string => {
  const { net } = sumsOf(done)
  const link = transactionLink(chain, done.hash)
  return [
    row("paid", `${green(`${usdc(net)} USDC`)} to ${done.payout}`),
    row("tx", done.hash),
    ...(link === undefined ? [] : [row("look", link)]),
    row("gas", coins(done.gas_cost, chain.native))
  ].join("\n")
}

const channelJson = (row: Row) => {
  const { claim, state, verdict } = row
  const { gross, net } = paidNow(row)
  return {
    id: claim.channel,
    earned_micros: micros(claim.cumulative),
    paid_before_micros: micros(state.paid),
    reserved_micros: micros(state.reserved),
    net_micros: micros(net),
    fee_micros: micros(gross - net),
    closing_at: state.closingAt ?? null,
    why_not: verdict._tag === "Left" ? verdict.why : null
  }
}

export const planJson = (chain: Chain, contract: string, { elsewhere, node, rotation, rows }: Plan) => ({
  chain: chain.name,
  chain_id: chain.id,
  escrow: contract,
  audited: false,
  payout_address: node.payout,
  next_payout_address: node.next?.payout ?? null,
  rotates_key: rotation !== undefined,
  channels: rows.map(channelJson),
  channels_elsewhere: elsewhere
})

export const doneJson = (chain: Chain, done: Done) => {
  const { fee, net } = sumsOf(done)
  const { gas_cost, hash, payout } = done
  const link = transactionLink(chain, hash) ?? null
  // Wei are more than JSON's numbers hold.
  return { hash, link, payout, net_micros: micros(net), fee_micros: micros(fee), gas_cost_wei: String(gas_cost) }
}

export const utc = (seconds: number): string =>
  `${DateTime.formatIso(DateTime.makeUnsafe(seconds * 1000))
    .slice(0, 16)
    .replace("T", " ")} UTC`

/** What came of setting the address. */
export const registeredText = (registered: Registered): string => {
  const { payout } = registered
  switch (registered._tag) {
    case "Registered":
      return row("payout", `${green("registered")}: earnings go to ${payout}`)
    case "Same":
      return row("payout", `earnings go to ${payout} already`)
    case "Changes":
      return [
        row(
          "payout",
          `${green("changed")}: earnings go to ${payout} from ${utc(registered.at)} on, two days after it was asked for`
        ),
        dim(
          `  Until then they go to ${registered.from}. If it was not you who changed it, change it back in these two days.`
        )
      ].join("\n")
  }
}
