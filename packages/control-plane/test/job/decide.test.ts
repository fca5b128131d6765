import { expect, test } from "bun:test"
import { AttemptId } from "@infernet/contract/Id"
import type { AttemptFault } from "@infernet/contract/Link"
import { decide } from "@infernet/control-plane/job/decide"
import type { Outcome } from "@infernet/control-plane/relay/RelayAttempt"

const done: Outcome = {
  _tag: "Done",
  done: {
    type: "done",
    attempt: AttemptId.make(`att_${"0".repeat(20)}`),
    seq: 1,
    finish_reason: "stop",
    usage: { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 },
    timings: { total_ms: 1 }
  }
}
const lost: Outcome = { _tag: "Lost" }
const failed = (error: AttemptFault): Outcome => ({ _tag: "Failed", error, message: "why", usage: undefined })

const fresh = { attempts: 1, hasContent: false, stop: undefined }
const last = { ...fresh, attempts: 3 }
const shown = { ...fresh, hasContent: true }
const cancelled = { ...fresh, stop: "cancelled" } as const
const late = { ...fresh, stop: "timeout" } as const

/** Outcome, state, and what is decided: `retry`, `avoid`, or the end's error code. */
const table = [
  [done, fresh, "complete"],
  [done, cancelled, "complete"],
  [done, late, "complete"],
  [lost, fresh, "retry"],
  [lost, last, "node_disconnected"],
  [lost, shown, "node_disconnected"],
  [lost, cancelled, "cancelled"],
  [lost, late, "timeout"],
  [failed("backend_error"), fresh, "avoid"],
  [failed("backend_error"), { ...fresh, attempts: 2 }, "avoid"],
  [failed("backend_error"), last, "backend_error"],
  [failed("backend_error"), shown, "backend_error"],
  [failed("backend_error"), cancelled, "cancelled"],
  [failed("cancelled"), cancelled, "cancelled"],
  [failed("cancelled"), late, "timeout"],
  [failed("overloaded"), fresh, "retry"],
  [failed("overloaded"), last, "retry"],
  [failed("node_stopping"), shown, "node_disconnected"],
  [failed("timeout"), shown, "timeout"],
  [failed("model_not_found"), fresh, "avoid"],
  [failed("output_too_large"), shown, "backend_error"],
  [failed("bad_request"), fresh, "bad_request"],
  [failed("context_exceeded"), fresh, "bad_request"],
  [failed("unsupported"), shown, "bad_request"]
] as const

for (const [outcome, state, expected] of table) {
  const what = outcome._tag === "Failed" ? outcome.error : outcome._tag.toLowerCase()
  test(`${what} ${JSON.stringify(state)} gives ${expected}`, () => {
    const decision = decide(outcome, state)
    const told = { Complete: "complete", Fail: "", Retry: "retry" }[decision._tag]
    if (decision._tag === "Fail") expect<string>(decision.error).toBe(expected)
    else expect<string>(decision._tag === "Retry" && decision.avoid ? "avoid" : told).toBe(expected)
  })
}

test("a retry says how the job ends if there is none", () => {
  expect(decide(failed("overloaded"), fresh)).toMatchObject({ otherwise: { error: "no_capacity", message: "why" } })
  expect(decide(lost, fresh)).toMatchObject({ otherwise: { error: "no_capacity" } })
})
