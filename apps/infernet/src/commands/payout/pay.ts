/** `infernet payout`: pays out what the node's receipts are worth, or says what it would pay. */
import { usdc } from "@infernet/contract/Micros"
import { coins } from "@infernet/payment/settlement/Chain"
import { Escrow } from "@infernet/payment/settlement/Escrow"
import type { Plan } from "@infernet/payment/settlement/payout/plan"
import type { Mode } from "@infernet/payment/settlement/payout/policy"
import { type Asked, type Outcome, Payouts, type Step } from "@infernet/payment/settlement/payout/Payouts"
import { senderOf } from "@infernet/payment/settlement/transaction"
import { Console, Effect, type Option } from "effect"
import { claims } from "../../payout/claims.ts"
import * as keys from "../../payout/keys.ts"
import { during } from "../../terminal/progress.ts"
import { dim, row, yellow } from "../../terminal/style.ts"
import { channelTable, confirmationsText, doneJson, leftNotes, opening, paidRows, planJson, utc } from "./words.ts"

export interface Pay {
  readonly mode: Mode
  readonly dryRun: boolean
  readonly operatorKey: Option.Option<string>
  readonly json: boolean
}

const stepText = (step: Step | undefined): string => {
  switch (step?._tag) {
    case undefined:
      return "asking the chain"
    case "Resuming":
      return `looking for the payout of before, ${step.hash}`
    case "Rotating":
      return "telling the escrow of the node's new key"
    case "Sending":
      return `sending ${step.batch.claims.length === 1 ? "1 channel" : `${step.batch.claims.length} channels`}`
    case "Waiting":
      return `${confirmationsText(step.confirmations, step.wanted)}  ${step.hash}`
  }
}

const notes = ({ elsewhere, node, rotation }: Plan, isDry: boolean): ReadonlyArray<string> => [
  ...(node.next === undefined ? [] : [`From ${utc(node.next.at)} on earnings go to ${node.next.payout}.`]),
  ...(rotation !== undefined && isDry ? ["The escrow is told of the node's new key first, by the operator's."] : []),
  ...(elsewhere === 0 ? [] : [`Channels that are for another chain or contract, or for none: ${elsewhere}.`])
]

const tellPlan = Effect.fnUntraced(function* (plan: Plan, isDry: boolean) {
  const { chain, contract } = yield* Escrow
  yield* Console.log(`${opening(chain, contract)}\n${row("paid to", plan.node.payout)}\n`)
  const lines = [...leftNotes(plan.rows), ...notes(plan, isDry)]
  if (plan.rows.length > 0) yield* Console.log(channelTable(plan.rows))
  else yield* Console.log(dim("  No receipts for this escrow yet: each job that is paid for leaves one."))
  if (lines.length > 0) yield* Console.log(`\n${lines.map((line) => `  ${line}`).join("\n")}`)
})

const balances = Effect.fnUntraced(function* (asked: Asked, payout: string) {
  const escrow = yield* Escrow
  const sender = senderOf(asked.keys.operator ?? asked.keys.node)
  const { wallet } = yield* escrow.funds(payout)
  const native = yield* escrow.native(sender)
  return { payout, usdc: wallet, sender, native }
})

const tellOutcome = Effect.fnUntraced(function* (asked: Asked, { paid, plan, skipped, undone }: Outcome) {
  const { chain } = yield* Escrow
  yield* tellPlan(plan, false)
  yield* Console.log("")
  if (undone > 0) yield* Console.log(row("again", yellow("the chain had undone a payout of before: it is made again")))
  for (const done of paid) yield* Console.log(`${paidRows(chain, done)}\n`)
  for (const { channel, why } of skipped) yield* Console.log(row("skipped", yellow(`channel ${channel}: ${why}`)))
  if (paid.length === 0) yield* Console.log(row("paid", "nothing now"))
  const has = yield* balances(asked, plan.node.payout)
  yield* Console.log(row("balance", `${usdc(has.usdc)} USDC at ${has.payout}`))
  yield* Console.log(row("gas left", `${coins(has.native, chain.native)} at ${has.sender}`))
})

const outcomeJson = Effect.fnUntraced(function* (asked: Asked, { paid, plan, skipped, undone }: Outcome) {
  const { chain, contract } = yield* Escrow
  const has = yield* balances(asked, plan.node.payout)
  return {
    ...planJson(chain, contract, plan),
    dry_run: false,
    payouts: paid.map((done) => doneJson(chain, done)),
    skipped,
    undone,
    balance_usdc: usdc(has.usdc),
    gas_left_wei: String(has.native)
  }
})

export const pay = Effect.fnUntraced(function* ({ dryRun, json, mode, operatorKey }: Pay) {
  const { chain, contract } = yield* Escrow
  const payouts = yield* Payouts
  const { node, operator } = yield* keys.read(operatorKey)
  const asked: Asked = { claims: yield* claims, keys: { node, operator }, mode }
  let step: Step | undefined
  const waiting = during("payout", () => stepText(step))
  if (dryRun) {
    const plan = yield* waiting(payouts.plan(asked))
    if (json)
      return yield* Console.log(JSON.stringify({ ...planJson(chain, contract, plan), dry_run: true, payouts: [] }))
    yield* tellPlan(plan, true)
    return yield* Console.log(
      `\n${dim("  Nothing was sent: this is what `infernet payout` without --dry-run would pay.")}`
    )
  }
  const outcome = yield* waiting(payouts.run(asked, (next) => Effect.sync(() => void (step = next))))
  if (json) return yield* Console.log(JSON.stringify(yield* outcomeJson(asked, outcome)))
  yield* tellOutcome(asked, outcome)
})
