/** A bill, put together from all that is known of an attempt at its end. */
import type { Usage } from "@infernet/contract/Chat"
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { Entry } from "@infernet/contract/LinkRecord"
import type { Price } from "@infernet/contract/Price"
import { type ChannelId, type Hash, type JobUsage, receiptIdOf } from "@infernet/contract/Receipt"
import { type Billed, lesserOf } from "@infernet/payment/bill/lesserOf"
import type { Expected, LineKind } from "@infernet/payment/bill/Lines"
import { promptKind, promptSize } from "@infernet/payment/bill/size"
import { type Sent, sentOf } from "@infernet/payment/bill/sent"
import { usageHashOf } from "@infernet/payment/receipt/digest"
import { requestHash, responseBytes, responseHash } from "@infernet/payment/receipt/hashes"
import { DateTime } from "effect"
import type { NewAttempt } from "../job/JobStore.ts"
import type { NewBill } from "./NewBill.ts"

export interface EndedAttempt {
  readonly attempt: NewAttempt
  /** As clients see it. */
  readonly model: string
  /** Of the weights, where the node tells it. */
  readonly digest: string | undefined
  /** As it was dispatched, with the node's own name of the model. */
  readonly request: JobRequest
  /** What came of this attempt and was logged, and nothing of others of its job. */
  readonly entries: Iterable<Entry>
  readonly claimed: Usage | undefined
  readonly price: Price
  /** What is left of the job's hold, in micro-USDC; `undefined` where nothing is charged. */
  readonly hold: bigint | undefined
  /** The hash of the job's billed segment before this one; zero for the first. */
  readonly previous: Hash
  readonly at: DateTime.Utc
}

/** What is measured of an attempt. */
export interface Measured {
  readonly sent: Sent
  /** Of text, reasoning and tool calls, in UTF-8. */
  readonly responseBytes: bigint
}

/** What the operator may be expected to count for so many bytes. */
export type Expect = (kind: LineKind, bytes: bigint) => Expected | undefined

const seconds = (at: DateTime.Utc): number => Math.floor(DateTime.toEpochMillis(at) / 1000)

export const measure = ({ entries, request }: Pick<EndedAttempt, "entries" | "request">): Measured => {
  const { reasoning, text, tool_call } = responseBytes(entries)
  return { sent: sentOf(request), responseBytes: BigInt(text + reasoning + tool_call) }
}

const billedOf = (ended: EndedAttempt, measured: Measured, expect: Expect): Billed => {
  const { claimed, hold, price, request } = ended
  const { responseBytes: bytes, sent } = measured
  return lesserOf({
    claimed: claimed && { prompt: BigInt(claimed.prompt_tokens), completion: BigInt(claimed.completion_tokens) },
    sent,
    responseBytes: bytes,
    maxTokens: "max_tokens" in request ? BigInt(request.max_tokens) : 0n,
    expected: {
      prompt: expect(promptKind(sent), promptSize(sent)),
      completion: expect("completion", bytes)
    },
    price,
    hold
  })
}

export const makeBill = (ended: EndedAttempt, measured: Measured, channel: ChannelId, expect: Expect): NewBill => {
  const { attempt, claimed, price } = ended
  const billed = billedOf(ended, measured, expect)
  const usage: JobUsage = {
    job_id: attempt.job,
    attempt_id: attempt.id,
    previous: ended.previous,
    model: ended.model,
    ...(ended.digest === undefined ? {} : { model_digest: ended.digest }),
    request_hash: requestHash(ended.request),
    response_hash: responseHash(ended.entries),
    prompt_tokens: Number(billed.prompt),
    completion_tokens: Number(billed.completion),
    input_micros_per_1k: `${price.input_micros_per_1k}`,
    output_micros_per_1k: `${price.output_micros_per_1k}`,
    amount: `${billed.amount}`,
    started_at: seconds(attempt.startedAt),
    finished_at: seconds(ended.at)
  }
  return {
    id: receiptIdOf(attempt.id),
    channel,
    usage,
    usageHash: usageHashOf(usage),
    amount: billed.amount,
    basis: {
      claimed_prompt_tokens: claimed?.prompt_tokens ?? 0,
      claimed_completion_tokens: claimed?.completion_tokens ?? 0,
      prompt_bytes: Number(measured.sent.bytes),
      response_bytes: Number(measured.responseBytes),
      ...(billed.limitedBy === undefined ? {} : { limited_by: billed.limitedBy })
    }
  }
}
