/** What a job may come to in tokens, and what it came to, for the limits of who submitted it. */
import type { JobLog } from "./JobLog.ts"
import type { Submission } from "./LiveJob.ts"
import { wantOf } from "./want.ts"

/** Its prompt as it is estimated, and all that it may say. */
export const mostTokens = (submission: Submission): number => {
  const { request } = submission
  return wantOf(submission).promptTokens + ("max_tokens" in request ? request.max_tokens : 0)
}

/** As its node counts them; of a job that did not get there, its prompt and a token for each piece that was said. */
export const tokensUsed = ({ end, length }: JobLog, submission: Submission): number => {
  if (end?._tag === "Completed") return end.usage.total_tokens
  return length === 0 ? 0 : wantOf(submission).promptTokens + length
}
