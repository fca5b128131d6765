import { expect, test } from "bun:test"
import { AccountId } from "@infernet/contract/Id"
import { JobLog } from "@infernet/control-plane/job/JobLog"
import type { Submission } from "@infernet/control-plane/job/LiveJob"
import { mostTokens, tokensUsed } from "@infernet/control-plane/job/tokens"

const submission: Submission = {
  account: AccountId.make("acc_0000000000000000000a"),
  apiKey: undefined,
  idempotencyKey: undefined,
  requestHash: "",
  request: { model: "tiny", messages: [{ role: "user", content: "a".repeat(4_000) }], max_tokens: 100 },
  pin: undefined,
  metadata: undefined
}

const used = (total_tokens: number): number => {
  const usage = { prompt_tokens: total_tokens, completion_tokens: 0, total_tokens }
  return tokensUsed(JobLog.ended([], { _tag: "Completed", finishReason: "stop", usage }), submission)
}

test("a node's count is believed, up to a token for each byte: one that lies locks nobody's account for years", () => {
  expect(mostTokens(submission)).toBe(1_104)
  expect(used(3_000)).toBe(3_000)
  expect(used(Number.MAX_SAFE_INTEGER)).toBeLessThan(6_000)
})
