/**
 * Whether this node signs a bill: by its form, by what was signed before, and by what the node itself has counted.
 *
 * A bill goes by the lesser of two counts, the node's and what bytes can have been. The node follows the second down to a
 * token for `bytesPerToken` bytes, which is more than any tokenizer needs over a text; below that it disputes. What it
 * does not remember, as after a crash, it judges by form and by what was signed before.
 */
import type { NodeId } from "@infernet/contract/Id"
import { priceOfText } from "@infernet/contract/Price"
import { type Bill, type BillOffer, type Domain, receiptIdOf } from "@infernet/contract/Receipt"
import { amountOf } from "@infernet/payment/price/amount"
import { Equal } from "effect"
import type { ChannelBook, Past } from "./ChannelBook.ts"
import type { FinishedAttempt } from "./Finished.ts"

export interface Known {
  readonly node: NodeId
  /** The only ones in which it wants to be paid; any, where none are named. */
  readonly domains: ReadonlyArray<Domain> | undefined
  /** `undefined` for the first bill of a channel. */
  readonly book: Pick<ChannelBook, "billAt" | "receipt"> | undefined
  readonly past: Past | undefined
  readonly isTooOld: boolean
  readonly attempt: FinishedAttempt | undefined
}

/** Over a text no tokenizer needs more than this, on average. */
export const bytesPerToken = 8

const least = (...numbers: ReadonlyArray<number>): number => Math.min(...numbers)
const same = (a: Domain, b: Domain): boolean => a.chain_id === b.chain_id && a.contract === b.contract
const dollars = (micros: bigint | string): string => `${micros} micro-USDC`

const form = ({ cumulative, domain, id, seq, terms, usage }: Bill, { domains, node }: Known): string | undefined => {
  if (id !== receiptIdOf(usage.attempt_id)) return `${id} is not the receipt of attempt ${usage.attempt_id}`
  if (terms.node_id !== node) return `its channel is of node ${terms.node_id}, and this one is ${node}`
  if (domain.chain_id !== 0 && domains !== undefined && !domains.some((one) => same(one, domain))) {
    return `it is for the escrow ${domain.contract} on chain ${domain.chain_id}, which this node's settings do not name`
  }
  const amount = amountOf(priceOfText(usage), BigInt(usage.prompt_tokens), BigInt(usage.completion_tokens))
  if (BigInt(usage.amount) !== amount) return `its tokens at its prices come to ${dollars(amount)}, not ${usage.amount}`
  if (seq < 1) return "bills of a channel are numbered from 1"
  if (BigInt(cumulative) < amount) return `its sum, ${dollars(cumulative)}, is less than its own amount`
  if (usage.finished_at < usage.started_at) return "it ends before it begins"
  return undefined
}

/** Held against what was signed before: for each attempt one usage, for each number one bill, and sums that only grow. */
const history = ({ cumulative, id, seq, usage }: Bill, { book, isTooOld, past }: Known): string | undefined => {
  if (past !== undefined && past.state !== "disputed" && !Equal.equals(past.usage, usage)) {
    return "this node has signed another bill for the same attempt"
  }
  if (past === undefined && isTooOld) return "it is older than the receipts that this node keeps"
  const other = book?.billAt(seq)
  if (other !== undefined && other !== id) return `its number, ${seq}, was given to ${other} before`
  const newest = book?.receipt
  if (newest === undefined || seq < newest.seq) return undefined
  const least = BigInt(newest.cumulative) + (id === newest.id ? 0n : BigInt(usage.amount))
  if (BigInt(cumulative) >= least) return undefined
  return `its sum, ${dollars(cumulative)}, leaves out what was earned before: it is ${least} at least`
}

const counts = ({ basis, bill: { usage } }: BillOffer, attempt: FinishedAttempt): string | undefined => {
  const { isCut, maxTokens, promptBytes, responseBytes, tokens } = attempt
  const billed = { prompt: usage.prompt_tokens, completion: usage.completion_tokens }
  if (tokens === undefined) return undefined
  const text = `${tokens.prompt} prompt and ${tokens.completion} completion tokens`
  if (!isCut) {
    if (basis.claimed_prompt_tokens !== tokens.prompt || basis.claimed_completion_tokens !== tokens.completion) {
      return `it says that this node counted ${basis.claimed_prompt_tokens} and ${basis.claimed_completion_tokens}, but it told ${text}`
    }
    if (basis.response_bytes !== responseBytes) {
      return `it says that ${basis.response_bytes} bytes were answered, and it were ${responseBytes}`
    }
    if (billed.prompt > tokens.prompt || billed.completion > tokens.completion) return `it bills more than ${text}`
    if (basis.limited_by === undefined && (billed.prompt < tokens.prompt || billed.completion < tokens.completion)) {
      return `it bills ${billed.prompt} and ${billed.completion} tokens without a reason, where this node counted ${text}`
    }
  }
  const written = least(responseBytes, basis.response_bytes)
  const prompt = least(tokens.prompt, Math.floor(promptBytes / bytesPerToken))
  const completion = least(tokens.completion, maxTokens, Math.floor(written / bytesPerToken))
  const why = basis.limited_by === undefined ? "" : ` (${basis.limited_by})`
  if (billed.prompt < prompt) return `it bills ${billed.prompt} prompt tokens for ${promptBytes} bytes${why}`
  if (billed.completion < completion)
    return `it bills ${billed.completion} completion tokens for ${written} bytes${why}`
  return undefined
}

/** Held against the attempt itself, by who has done it. */
const work = (offer: BillOffer, attempt: FinishedAttempt): string | undefined => {
  const { domain, usage } = offer.bill
  if (usage.job_id !== attempt.job) return `the attempt was of ${attempt.job}, not of ${usage.job_id}`
  if (usage.request_hash !== attempt.requestHash) return "its request is not the one that this node answered"
  if (!attempt.isCut && usage.response_hash !== attempt.responseHash)
    return "its answer is not the one that this node gave"
  const price = priceOfText(usage)
  const isFree = domain.chain_id === 0 && price.input_micros_per_1k === 0n && price.output_micros_per_1k === 0n
  const ask = attempt.price
  if (
    !isFree &&
    ask !== undefined &&
    (price.input_micros_per_1k < ask.input_micros_per_1k || price.output_micros_per_1k < ask.output_micros_per_1k)
  ) {
    const asked = `${ask.input_micros_per_1k} and ${ask.output_micros_per_1k}`
    return `1,000 tokens cost ${price.input_micros_per_1k} and ${price.output_micros_per_1k} in it, where this node asks ${asked}`
  }
  return counts(offer, attempt)
}

/** Why it is not signed, in words for an operator; `undefined`: it is. */
export const objection = (offer: BillOffer, known: Known): string | undefined => {
  const { attempt, past } = known
  // Once disputed, it stays so: after a crash nobody would know why.
  if (past?.state === "disputed" && Equal.equals(past.usage, offer.bill.usage)) return past.reason
  const found = form(offer.bill, known) ?? history(offer.bill, known)
  return found ?? (attempt === undefined ? undefined : work(offer, attempt))
}
