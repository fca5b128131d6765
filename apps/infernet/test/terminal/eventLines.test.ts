import { expect } from "bun:test"
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { AttemptId, JobId } from "@infernet/contract/Id"
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

it("says once what it waits for", () =>
  Effect.gen(function* () {
    const lines = yield* told([waiting("a"), waiting("a"), waiting("b"), received, waiting("b")])
    expect(lines.map((line) => line !== undefined)).toEqual([true, false, true, true, true])
  }))
