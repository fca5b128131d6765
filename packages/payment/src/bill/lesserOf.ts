/**
 * What is billed of an attempt: the node's own count, or less where the bytes that went through the control plane cannot
 * have been so many tokens.
 *
 * A count is plausible up to a third over what other operators would have counted for as many bytes (`Lines`); beyond that
 * the expectation itself is billed, not the most that would have passed. Where nobody else was heard, it is two bytes a
 * token, with what a template may add. How many records an answer came in plays no part: a node can split and join them.
 */
import type { Price } from "@infernet/contract/Price"
import { amountOf } from "../price/amount.ts"
import type { Expected } from "./Lines.ts"
import type { Sent } from "./sent.ts"

export interface Counts {
  readonly prompt: bigint
  readonly completion: bigint
}

export interface Attempted {
  /** By the node; `undefined` where it told nothing. */
  readonly claimed: Counts | undefined
  readonly sent: Sent
  /** Of text, reasoning and tool calls, in UTF-8, as they were relayed. */
  readonly responseBytes: bigint
  /** 0 where nothing is written, as for embeddings. */
  readonly maxTokens: bigint
  readonly expected: { readonly prompt: Expected | undefined; readonly completion: Expected | undefined }
  readonly price: Price
  /** What was held for the job, in micro-USDC; `undefined` where nothing is charged. */
  readonly hold: bigint | undefined
}

export interface Billed extends Counts {
  /** In micro-USDC. */
  readonly amount: bigint
  /** Which counts it went by, where those are not the node's. */
  readonly limitedBy: string | undefined
}

/** What may be counted: `usual` where the node's own count is over `most`. */
interface Range {
  readonly usual: bigint
  readonly most: bigint
}

const ceilDiv = (a: bigint, b: bigint): bigint => (a + b - 1n) / b
const least = (a: bigint, b: bigint): bigint => (a < b ? a : b)

/** The end of a turn and the like: tokens that nobody is shown, in an answer of any length. */
const unseen = 2n
const priorBytesPerToken = 2n
/** What a template may put around each message, before all of them, and before tools. */
const marks = { usual: 8n, most: 16n }
const preamble = { usual: 8n, most: 256n }
const toolPreamble = { usual: 128n, most: 512n }
/** Depends on its pixels and on the model; its bytes tell neither. */
const image = { usual: 1_024n, most: 4_096n }

/** A third more than is usual: texts differ in how many bytes a token of theirs has. */
const around = (usual: bigint): Range => ({ usual, most: ceilDiv(usual * 4n, 3n) + unseen })

const both = (a: Range, b: Range): Range => ({ usual: least(a.usual, b.usual), most: least(a.most, b.most) })

/** An operator's own word counts for no more than nobody's would. */
const learned = (expected: Expected | undefined, prior: Range): Range => {
  if (expected === undefined) return prior
  return expected.byOthers ? around(expected.tokens) : both(around(expected.tokens), prior)
}

const promptRange = ({ hasTools, images, texts, ...sent }: Sent, expected: Expected | undefined): Range => {
  const text = around(ceilDiv(sent.bytes, priorBytesPerToken))
  const prior = {
    usual: text.usual + texts * marks.usual + preamble.usual + (hasTools ? toolPreamble.usual : 0n),
    most: text.most + texts * marks.most + preamble.most + (hasTools ? toolPreamble.most : 0n)
  }
  const { most, usual } = learned(expected, prior)
  return { usual: usual + images * image.usual, most: most + images * image.most }
}

const completionRange = (bytes: bigint, expected: Expected | undefined): Range => {
  const prior = around(ceilDiv(bytes, priorBytesPerToken))
  return bytes === 0n ? { usual: 0n, most: unseen } : learned(expected, prior)
}

interface Judged {
  readonly tokens: bigint
  readonly why: string | undefined
}

const judge = (what: string, claimed: bigint | undefined, { most, usual }: Range, bytes: bigint): Judged => {
  if (claimed === undefined) return { tokens: usual, why: `${what}: ${usual} by ${bytes} bytes, as none were told` }
  if (claimed <= most) return { tokens: claimed, why: undefined }
  return { tokens: usual, why: `${what}: ${usual} by ${bytes} bytes, where ${most} would have passed` }
}

const capped = (judged: Judged, most: bigint, why: string): Judged =>
  judged.tokens <= most ? judged : { tokens: most, why }

/** Tokens that so much pays for, in micro-USDC, besides what is paid for already in thousandths. */
const tokensIn = (micros: bigint, thousandths: bigint, rate: bigint): bigint => {
  const left = micros * 1_000n - thousandths
  return left <= 0n ? 0n : left / rate
}

/** The counts as they are, or as many of them as the hold pays for: of those written first, then of those read. */
const within = (hold: bigint | undefined, price: Price, { completion, prompt }: Counts): Counts => {
  if (hold === undefined || amountOf(price, prompt, completion) <= hold) return { prompt, completion }
  const { input_micros_per_1k: input, output_micros_per_1k: output } = price
  const read = input === 0n ? prompt : least(prompt, tokensIn(hold, 0n, input))
  const written = output === 0n ? completion : least(completion, tokensIn(hold, read * input, output))
  return { prompt: read, completion: written }
}

export const lesserOf = ({ claimed, expected, hold, maxTokens, price, responseBytes, sent }: Attempted): Billed => {
  const prompt = judge("prompt", claimed?.prompt, promptRange(sent, expected.prompt), sent.bytes)
  const range = completionRange(responseBytes, expected.completion)
  const completion = capped(
    maxTokens === 0n ? { tokens: 0n, why: undefined } : judge("completion", claimed?.completion, range, responseBytes),
    maxTokens,
    `completion: max_tokens ${maxTokens}`
  )
  const counts = { prompt: prompt.tokens, completion: completion.tokens }
  const billed = within(hold, price, counts)
  const isCut = billed.prompt < counts.prompt || billed.completion < counts.completion
  const why = [prompt.why, completion.why, isCut ? `the hold of ${hold} micro-USDC` : undefined]
  return {
    ...billed,
    amount: amountOf(price, billed.prompt, billed.completion),
    limitedBy: why.filter((reason) => reason !== undefined).join("; ") || undefined
  }
}
