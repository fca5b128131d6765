/**
 * What a job would cost at a node, in seconds: the part of the cost that a control plane knows exactly.
 *
 * Terms as in the design's routing formula: time to the first token weighs more than the time to the last.
 */

import type { Price } from "@infernet/contract/Price"

/** What this control plane has dispatched to a node and not yet got back. Exact at every moment. */
export interface InFlight {
  /** Attempts running. */
  readonly attempts: number
  /** Prompt tokens of attempts that have not shown content yet. */
  readonly promptTokens: number
}

/** One node as a candidate for one model. */
export interface Candidate {
  readonly slots: number
  readonly loaded: boolean
  readonly inFlight: InFlight
  /** In-flight attempts the node itself reports, its operator's own use included. */
  readonly reported: number
}

export interface Work {
  readonly promptTokens: number
  readonly expectedTokens: number
}

/** What a client's dollar is worth in seconds: it waits a second longer to save a tenth of a cent, or $3.60 an hour. */
export const secondsPerDollar = 1_000

/** What the work costs at a price, in seconds: an estimate as all of the cost, so no amount that anybody pays. */
export const spending = (price: Price, { expectedTokens, promptTokens }: Work): number => {
  const micros = Number(price.input_micros_per_1k) * promptTokens + Number(price.output_micros_per_1k) * expectedTokens
  return (micros / 1e9) * secondsPerDollar
}

/** Speeds assumed of a node until they are measured. Tokens per second; `batchSlope` as in `T / (1 + k·streams)`. */
export const prior = {
  prefill: 1_000,
  decode: 40,
  batchSlope: 0.27,
  floorSeconds: 0.05,
  loadSeconds: 10
} as const

/** Output tokens expected of a job that may produce up to `maxTokens`. */
export const expectedTokens = (maxTokens: number): number => Math.min(maxTokens, 256)

/** Seconds: `t0 + prefill + wait + cold`, and half the decode time. Lower is better; never infinite, never a gate. */
export const cost = (candidate: Candidate, work: Work): number => {
  const slots = Math.max(1, candidate.slots)
  // Ours are among the reported ones, so the two are never added up.
  const streams = Math.max(candidate.inFlight.attempts, candidate.reported)
  const speed = prior.decode / (1 + prior.batchSlope * Math.min(streams, slots - 1))
  const prefill = (candidate.inFlight.promptTokens + work.promptTokens) / prior.prefill
  const wait = (Math.max(0, streams + 1 - slots) * work.expectedTokens) / (speed * slots)
  const cold = candidate.loaded ? 0 : prior.loadSeconds
  return prior.floorSeconds + prefill + wait + cold + (0.5 * work.expectedTokens) / speed
}
