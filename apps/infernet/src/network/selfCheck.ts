/** One real job through the whole path, before anybody is told that the network is ready. */
import { Effect, type Redacted } from "effect"
import { FetchHttpClient } from "effect/http"
import { chat, speedOf } from "../client/chat.ts"
import { Failure } from "../terminal/exit.ts"

const prompt = "Tell me a story about a fox."

/** How the check went, in a line. A failure is told, not fatal: the network is up, and its operator can look. */
export const run = Effect.fnUntraced(function* (url: string, key: Redacted.Redacted, model: string) {
  const request = { model, messages: [{ role: "user" as const, content: prompt }], maxTokens: 64 }
  const answer = yield* chat({ url, key }, request, () => Effect.void).pipe(
    Effect.timeoutOrElse({
      duration: "60 seconds",
      orElse: () => Effect.fail(new Failure({ message: "no answer within a minute" }))
    }),
    Effect.provide(FetchHttpClient.layer)
  )
  const tokens = answer.job.result?.usage.completion_tokens ?? 0
  const speed = speedOf(answer)
  const rate = speed === undefined ? "" : `, then ${Math.round(speed)} tokens/s`
  return `${tokens} tokens, the first after ${Math.round(answer.firstTokenMillis)} ms${rate}`
})
