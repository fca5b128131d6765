import { expect } from "bun:test"
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { AttemptId, JobId, ReceiptId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import * as eventLines from "../../src/terminal/eventLines.ts"

const job = JobId.make(`job_${"0".repeat(20)}`)
const attempt = AttemptId.make(`att_${"0".repeat(20)}`)
const received: DaemonEvent = { type: "job_received", job, attempt, model: "qwen\u001b[2J" }

const waiting = (reason: string): DaemonEvent => ({ type: "waiting", reason })

const told = Effect.fnUntraced(function* (events: ReadonlyArray<DaemonEvent>) {
  const lines = yield* Effect.forEach(events, eventLines.make())
  return lines.map((line) => Option.getOrUndefined(line)?.replace(/^\d\d:\d\d:\d\d {2}/, ""))
})

it("names the job that clients know, and lets no name drive the terminal", () =>
  Effect.gen(function* () {
    const lines = yield* told([
      received,
      { type: "job_streaming", attempt, firstTokenMillis: 7 },
      { type: "job_done", attempt, tokens: 100, tokensPerSecond: 1680.4, totalMillis: 65.2 },
      received,
      { type: "job_failed", attempt, error: "backend_error", message: "out\u0007 of memory" }
    ])
    expect(lines).toEqual([
      `job       ${job}  qwen\\x1b[2J`,
      undefined,
      `done      ${job}   100 tokens  1680/s    65 ms  qwen\\x1b[2J`,
      `job       ${job}  qwen\\x1b[2J`,
      `failed    ${job}  backend_error: out\\x07 of memory`
    ])
  }))

it("tells of receipts what was earned, and of bills in trouble what to do", () =>
  Effect.gen(function* () {
    const receipt = ReceiptId.make(`cpr_${"0".repeat(20)}`)
    const signed = { type: "receipt", receipt, job, attempt, tokens: 100, cumulative: 9_000n } as const
    const lines = yield* told([
      { ...signed, amount: 3_000n },
      { ...signed, amount: 0n },
      { type: "bill_disputed", receipt, job, attempt, reason: "its answer\u0007 is not the one" },
      { type: "countersignatures", bills: 2, amount: 6_000n },
      { type: "countersignatures", bills: 0, amount: 0n },
      { type: "receipts_unwritten", reason: "the disk is full" }
    ])
    expect(lines).toEqual([
      `receipt   ${receipt}  $0.003  ${job}`,
      `receipt   ${receipt}  not charged  ${job}`,
      `disputed  ${job}  its answer\\x07 is not the one: \`infernet receipt show ${receipt}\` has both sides' numbers`,
      "unpaid    2 bills ($0.006) wait for the network's signature for over 10 minutes: ask who runs it; `infernet payments` has the sums",
      "receipts  all bills are countersigned again",
      "unsigned  bills wait, as the disk is full"
    ])
  }))

it("says once what it waits for", () =>
  Effect.gen(function* () {
    const lines = yield* told([waiting("a"), waiting("a"), waiting("b"), received, waiting("b")])
    expect(lines.map((line) => line !== undefined)).toEqual([true, false, true, true, true])
  }))
