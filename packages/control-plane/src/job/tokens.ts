/** What a job may come to in tokens, and what it came to, for the limits of who submitted it. */
import type { JobLog } from "./JobLog.ts"
import type { Submission } from "./LiveJob.ts"
import { wantOf } from "./want.ts"

/** Its prompt as it is estimated, and all that it may say. */
export const mostTokens = (submission: Submission): number => {
  const { request } = submission
  return wantOf(submission).promptTokens + ("max_tokens" in request ? request.max_tokens : 0)
}

/**
 * What a node's template may add to a prompt, and how many tokens there may be for each that is estimated: one a byte.
 * Its owner's limits must not be at the mercy of what a node says it used.
 */
const templateTokens = 1_024
const underestimate = 4

const believed = (total: number, submission: Submission): number => {
  const { request } = submission
  const prompt = templateTokens + underestimate * wantOf(submission).promptTokens
  return Math.min(total, prompt + ("max_tokens" in request ? request.max_tokens : 0))
}

/** As its node counts them, within reason; of a job that did not get there, its prompt and a token for each piece that was said. */
export const tokensUsed = ({ end, length }: JobLog, submission: Submission): number => {
  if (end?._tag === "Completed") return believed(end.usage.total_tokens, submission)
  return length === 0 ? 0 : wantOf(submission).promptTokens + length
}
