/** Makes the bill of an attempt at its end, and learns from what its node counted. */
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { Entry } from "@infernet/contract/LinkRecord"
import { lowered, type Price } from "@infernet/contract/Price"
import { lineOf } from "@infernet/payment/bill/Line"
import { promptKind, promptSize, teaches } from "@infernet/payment/bill/size"
import { digestOf } from "@infernet/routing/names/asked"
import { Context, type DateTime, Effect, Layer } from "effect"
import type { Decision } from "../job/decide.ts"
import type { NewAttempt } from "../job/JobStore.ts"
import type { LiveJob } from "../job/LiveJob.ts"
import { Nodes } from "../node/Nodes.ts"
import { Quotes } from "../price/Quotes.ts"
import type { Outcome } from "../relay/RelayAttempt.ts"
import { BytesPerToken } from "./BytesPerToken.ts"
import { Channels } from "./Channels.ts"
import { chargedFor } from "./charged.ts"
import { type EndedAttempt, makeBill, measure, type Measured } from "./makeBill.ts"
import type { NewBill } from "./NewBill.ts"

/** An attempt that has come to its end, and what follows from it. */
export interface Ended {
  readonly job: LiveJob
  readonly attempt: NewAttempt
  /** As it was dispatched. */
  readonly request: JobRequest
  /** At its dispatch. */
  readonly price: Price
  /** What came of it alone. */
  readonly entries: ReadonlyArray<Entry>
  readonly outcome: Outcome
  readonly decision: Decision
  readonly at: DateTime.Utc
}

export class Billing extends Context.Service<
  Billing,
  {
    /** What a node has for the job: its price at this moment, and never more than the job holds money for. */
    readonly priceOf: (job: LiveJob, attempt: NewAttempt) => Price
    /** What its node is owed; null where nobody is charged for the attempt. */
    readonly billOf: (ended: Ended) => Effect.Effect<NewBill | null>
  }
>()("@infernet/control-plane/bill/Billing") {
  static readonly layer = Layer.effect(
    Billing,
    Effect.suspend(() => make)
  )
}

const make = Effect.gen(function* () {
  const channels = yield* Channels
  const nodes = yield* Nodes
  const quotes = yield* Quotes
  const learned = yield* BytesPerToken

  const priceOf: Billing["Service"]["priceOf"] = (job, { node }) => {
    const price = quotes.priceOf(node, job.model)
    return job.quote === null ? price : lowered(price, job.quote.price)
  }

  /** Only from what was done whole: of the rest nobody knows how much of it came through. */
  const learn = (
    { claimed }: EndedAttempt,
    { responseBytes, sent }: Measured,
    name: { model: string; operator: string }
  ) => {
    if (claimed === undefined) return
    const prompt = teaches(sent) ? lineOf(promptSize(sent), BigInt(claimed.prompt_tokens)) : undefined
    const completion = lineOf(responseBytes, BigInt(claimed.completion_tokens))
    if (prompt !== undefined) learned.learn({ ...name, kind: promptKind(sent) }, prompt)
    if (completion !== undefined) learned.learn({ ...name, kind: "completion" }, completion)
  }

  const billOf: Billing["Service"]["billOf"] = Effect.fnUntraced(function* (ended) {
    const { at, attempt, decision, entries, job, outcome, price, request } = ended
    const charged = chargedFor(outcome, decision, entries.length > 0)
    if (charged === undefined) return null
    const { node } = attempt
    const digest = digestOf(nodes.state(node)?.models.find(({ id }) => id === request.model)?.digest)
    const name = { model: digest ?? job.model, operator: nodes.owner(node) ?? node }
    const facts: EndedAttempt = {
      attempt,
      model: job.model,
      digest,
      request,
      entries,
      claimed: charged.claimed,
      price,
      hold: job.quote === null ? undefined : job.quote.ceiling - job.billed.micros,
      previous: job.billed.last,
      at
    }
    const measured = measure(facts)
    const { id } = yield* channels.current(node, job.source)
    const bill = makeBill(facts, measured, id, (kind, bytes) => learned.expected({ ...name, kind }, bytes))
    // Afterwards: its own word is not among what it is judged by.
    if (outcome._tag === "Done") learn(facts, measured, name)
    return bill
  })

  return Billing.of({ priceOf, billOf })
})
