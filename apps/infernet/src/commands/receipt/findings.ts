/** What verification has found, as lines for people and as JSON for programs. */
import { usdc } from "@infernet/contract/Micros"
import { type Finding, holds, type Level } from "@infernet/payment/receipt/Finding"
import type { Verdict } from "@infernet/payment/receipt/verify"
import { sentence } from "@infernet/platform/sentence"
import { bold, columnsAfter, dim, green, red, wrap, yellow } from "../../terminal/style.ts"

export interface Outcome {
  readonly verdicts: ReadonlyArray<Verdict>
  /** Of all of them together. */
  readonly together: ReadonlyArray<Finding>
}

const marks: Readonly<Record<Level, string>> = { ok: green("✓"), warn: yellow("!"), fail: red("✗") }

/** A sentence behind its mark, and what does not fit below it. */
const line = ({ level, text }: Finding): string =>
  `  ${marks[level]} ${wrap(sentence(text), columnsAfter(4)).join("\n    ")}`

/** Whether it is not known who countersigned: anybody can sign with keys of their own. */
const isOpen = ({ findings }: Verdict): boolean =>
  findings.some(({ check, level }) => check === "plane_key" && level === "warn")

const proves =
  "This proves that the node and the control plane have both put their names to this work, these tokens and this price. " +
  "It does not prove that the model was the one that is named, nor that the answer was good."

const amountOf = ({ receipt }: Verdict): bigint => (receipt === undefined ? 0n : BigInt(receipt.usage.amount))

const title = (verdict: Verdict, place: number): string => {
  const { findings, receipt } = verdict
  if (receipt === undefined) return bold(`document ${place + 1}`)
  const { id, terms, usage } = receipt
  const tokens = `${usage.prompt_tokens} + ${usage.completion_tokens} tokens of ${sentence(usage.model)}`
  const what = `${usdc(BigInt(usage.amount))} USDC for ${tokens}, ${usage.job_id} by node ${terms.node_id}`
  const word = isOpen(verdict) ? "is in order, and whose it is, is open" : "is genuine"
  return `${bold(id)}  ${holds(findings) ? word : red("is not genuine")}: ${what}`
}

const whole = (verdict: Verdict, place: number): string =>
  [wrap(title(verdict, place), columnsAfter(0)).join("\n"), ...verdict.findings.map(line)].join("\n")

/** Of many, those are shown whole that are not genuine; what is open of the others is said once. */
const many = ({ together, verdicts }: Outcome): string => {
  const bad = verdicts.flatMap((verdict, place) => (holds(verdict.findings) ? [] : [whole(verdict, place)]))
  const good = verdicts.filter(({ findings }) => holds(findings))
  const open = new Map(
    good.flatMap(({ findings }) => findings.filter(({ level }) => level === "warn")).map((f) => [f.text, f])
  )
  const sum = usdc(good.reduce((total, verdict) => total + amountOf(verdict), 0n))
  const word = verdicts.some(isOpen) ? "in order" : "genuine"
  const total = bold(`${good.length} of ${verdicts.length} receipts are ${word}, over ${sum} USDC`)
  return [...bad, total, ...[...open.values(), ...together].map(line)].join("\n")
}

/** What keeps them from being genuine; `undefined` where nothing does. */
export const objection = ({ together, verdicts }: Outcome): string | undefined => {
  const bad = verdicts.filter(({ findings }) => !holds(findings)).length
  if (bad > 0)
    return verdicts.length === 1
      ? "that is no genuine receipt"
      : `${bad} of these ${verdicts.length} are no genuine receipts`
  if (!holds(together)) return "these receipts contradict one another"
  return verdicts.some(isOpen)
    ? "name the control plane whose receipts these should be, with --control-plane <id>"
    : undefined
}

export const text = (outcome: Outcome): string => {
  const [first, ...others] = outcome.verdicts
  const body = first === undefined || others.length > 0 ? many(outcome) : whole(first, 0)
  return objection(outcome) === undefined ? `${body}\n\n${dim(wrap(proves, columnsAfter(0)).join("\n"))}` : body
}

export const json = (outcome: Outcome) => ({
  genuine: objection(outcome) === undefined,
  receipts: outcome.verdicts.map((verdict) => ({
    id: verdict.receipt?.id ?? null,
    channel: verdict.channel ?? null,
    value_usdc: verdict.receipt === undefined ? null : usdc(amountOf(verdict)),
    genuine: holds(verdict.findings) && !isOpen(verdict),
    findings: verdict.findings
  })),
  together: outcome.together
})
