/** Why a request or a job has to wait, in words that name the limit. */
import { BadRequest, RateLimited } from "@infernet/contract/ApiError"
import type { Denial, TooLarge, Window } from "./Allowance.ts"

const words: Record<Window, readonly [what: string, per: string]> = {
  requests_per_minute: ["requests", "a minute"],
  requests_per_hour: ["requests", "an hour"],
  tokens_per_minute: ["tokens", "a minute"]
}

/** A job that waits for another one cannot know when that ends. */
const againSeconds = 1

export type Owner = "this key" | "this account"

export const refuse = (denial: Denial, owner: Owner): RateLimited => {
  if (denial._tag === "TooManyAtOnce") {
    const error_message = `${owner} may have ${denial.limit} jobs at a time, and has: wait until one has ended`
    return new RateLimited({ error_message, retry_after: againSeconds })
  }
  const [what, per] = words[denial.window]
  const retry_after = Math.max(1, Math.ceil(denial.waitMillis / 1000))
  const error_message = `${owner} may use ${denial.limit} ${what} ${per}, and has: try again in ${retry_after} s`
  return new RateLimited({ error_message, retry_after })
}

export const refuseForEver = ({ limit }: TooLarge, owner: Owner): BadRequest => {
  const field = "max_tokens"
  const error_message = `${field}: with its prompt the job may come to more than the ${limit} tokens a minute that ${owner} may use: ask for less`
  return new BadRequest({ field, error_message })
}
