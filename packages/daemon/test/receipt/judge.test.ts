import { describe, expect } from "bun:test"
import type { BillOffer } from "@infernet/contract/Receipt"
import { NodeId, ReceiptId } from "@infernet/contract/Id"
import type { FinishedAttempt } from "@infernet/daemon/receipt/Finished"
import { type Known, objection } from "@infernet/daemon/receipt/judge"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import * as papers from "./papers.ts"

const { offer } = papers

const attempt: FinishedAttempt = {
  job: papers.jobOf(1),
  requestHash: papers.usage(1).request_hash,
  responseHash: papers.usage(1).response_hash,
  promptBytes: 8_000,
  responseBytes: 4_000,
  maxTokens: 4_096,
  tokens: { prompt: 2_000, completion: 1_000 },
  price: { input_micros_per_1k: 500n, output_micros_per_1k: 2_000n },
  isCut: false
}

const nothing: Known = {
  node: papers.node.id,
  domains: undefined,
  book: undefined,
  past: undefined,
  isTooOld: false,
  attempt: undefined
}

const remembered = (of: Partial<FinishedAttempt> = {}): Known => ({ ...nothing, attempt: { ...attempt, ...of } })

const receipt = (n: number) => ({
  ...offer(n).bill,
  node_key: "",
  node_signature: "",
  plane_key: "",
  plane_signature: ""
})

const book = (newest: number): NonNullable<Known["book"]> => ({
  receipt: receipt(newest),
  billAt: (seq) => (seq <= newest ? papers.billOf(seq) : undefined)
})

const cases = (
  list: ReadonlyArray<readonly [name: string, offer: BillOffer, known: Known, reason: string | undefined]>
) => {
  for (const [name, one, known, reason] of list) {
    it(name, () =>
      Effect.sync(() => {
        const found = objection(one, known)
        if (reason === undefined) expect(found).toBeUndefined()
        else expect(found).toContain(reason)
      })
    )
  }
}

const other = `0x${"cc".repeat(32)}`

describe("by its form a node disputes a bill", () =>
  cases([
    ["that is right: it does not", offer(1), nothing, undefined],
    ["whose id is another attempt's", offer(1, { id: papers.billOf(2) }), nothing, "is not the receipt of attempt"],
    [
      "of another node",
      offer(1, { terms: papers.terms({ node_id: NodeId.make(`0x${"99".repeat(20)}`) }) }),
      nothing,
      "its channel is of node"
    ],
    [
      "for an escrow that it has not chosen",
      offer(1, { domain: papers.chain }),
      { ...nothing, domains: [{ ...papers.chain, chain_id: 1 }] },
      "which this node's settings do not name"
    ],
    [
      "for the one that it has: it does not",
      offer(1, { domain: papers.chain }),
      { ...nothing, domains: [papers.chain] },
      undefined
    ],
    [
      "whose amount is not that of its tokens",
      offer(1, { usage: { amount: "2999" } }),
      nothing,
      "come to 3000 micro-USDC, not 2999"
    ],
    ["whose sum is less than itself", offer(1, { cumulative: "2999" }), nothing, "less than its own amount"],
    ["without a number", offer(1, { seq: 0 }), nothing, "numbered from 1"],
    ["of a job that ended before it began", offer(1, { usage: { finished_at: 1 } }), nothing, "ends before it begins"]
  ]))

describe("by what was signed before it disputes a bill", () =>
  cases([
    ["that goes on: it does not", offer(3), { ...nothing, book: book(2) }, undefined],
    [
      "whose sum leaves out what was countersigned",
      offer(3, { cumulative: "8999" }),
      { ...nothing, book: book(2) },
      "9000 at least"
    ],
    [
      "that was issued anew with less, and not less than that: it does not",
      offer(4, { cumulative: "9000" }),
      { ...nothing, book: book(2) },
      undefined
    ],
    [
      "of another job under a number that was given",
      offer(2, { id: papers.billOf(7), usage: { attempt_id: papers.attemptOf(7) }, cumulative: "99000" }),
      { ...nothing, book: book(2) },
      "was given to cpr_00000000000000000002"
    ],
    [
      "that is older than the newest receipt, and late: it does not",
      offer(1),
      { ...nothing, book: { ...book(2), billAt: () => undefined } },
      undefined
    ],
    [
      "with another usage for an attempt that it has signed for",
      offer(1, { usage: { completion_tokens: 999, amount: "2998" } }),
      { ...nothing, past: { state: "signed", usage: papers.usage(1) } },
      "another bill for the same attempt"
    ],
    [
      "that it has signed: it does not",
      offer(1),
      { ...nothing, past: { state: "countersigned", usage: papers.usage(1) } },
      undefined
    ],
    [
      "that it has disputed, though it remembers nothing of the attempt",
      offer(1),
      { ...nothing, past: { state: "disputed", usage: papers.usage(1), reason: "as I said" } },
      "as I said"
    ],
    ["that is older than what it keeps", offer(1), { ...nothing, isTooOld: true }, "older than the receipts"]
  ]))

describe("by what it has done itself it disputes a bill", () =>
  cases([
    ["that tells it as it was: it does not", offer(1), remembered(), undefined],
    ["of another job", offer(1), remembered({ job: papers.jobOf(2) }), "the attempt was of job_00000000000000000002"],
    ["for another request", offer(1), remembered({ requestHash: other }), "its request is not the one"],
    ["for another answer", offer(1), remembered({ responseHash: other }), "its answer is not the one"],
    [
      "for another answer, of an attempt that was cut off: it does not",
      offer(1),
      remembered({ responseHash: other, isCut: true }),
      undefined
    ],
    [
      "at less than it asks",
      offer(1, { usage: { output_micros_per_1k: "1999" }, cumulative: "3000" }),
      remembered(),
      "where this node asks 500 and 2000"
    ],
    [
      "at nothing in a network that is free: it does not",
      offer(1, { usage: { output_micros_per_1k: "0", input_micros_per_1k: "0" } }),
      remembered(),
      undefined
    ],
    [
      "that makes a claim of it that it never made",
      offer(1, { basis: { claimed_completion_tokens: 900 } }),
      remembered(),
      "says that this node counted 2000 and 900"
    ],
    [
      "that goes by other bytes than it has sent",
      offer(1, { basis: { response_bytes: 3_000 } }),
      remembered(),
      "it says that 3000 bytes were answered"
    ],
    [
      "for more than it has counted",
      offer(1, { usage: { completion_tokens: 1_001 }, cumulative: "9000" }),
      remembered(),
      "it bills more than"
    ],
    ["for less, without a reason", offer(1, { usage: { completion_tokens: 999 } }), remembered(), "without a reason"],
    [
      "for less by a rule that it follows: it does not",
      offer(1, { usage: { completion_tokens: 500 }, basis: { limited_by: "500 by 4000 bytes" } }),
      remembered(),
      undefined
    ],
    [
      "for less than any tokenizer makes of the bytes",
      offer(1, { usage: { completion_tokens: 499 }, basis: { limited_by: "499 by 4000 bytes" } }),
      remembered(),
      "it bills 499 completion tokens for 4000 bytes (499 by 4000 bytes)"
    ],
    [
      "for a prompt of less than any tokenizer makes of it",
      offer(1, { usage: { prompt_tokens: 999 }, basis: { limited_by: "999" } }),
      remembered(),
      "it bills 999 prompt tokens for 8000 bytes"
    ],
    [
      "of max_tokens, where it has counted more: it does not",
      offer(1, { usage: { completion_tokens: 64 }, basis: { limited_by: "max_tokens 64" } }),
      remembered({ maxTokens: 64 }),
      undefined
    ]
  ]))

it("a receipt's id is a bill's", () =>
  Effect.sync(() => expect(ReceiptId.make(papers.billOf(1))).toBe(offer(1).bill.id)))
