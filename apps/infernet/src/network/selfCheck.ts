/** One real job through the whole path, before anybody is told that the network is ready. */
import { Effect } from "effect"
import * as Http from "../client/Http.ts"
import * as Chat from "../client/chat.ts"
import type { Target } from "../client/Target.ts"
import { Failure } from "../terminal/exit.ts"
import { plain } from "../terminal/style.ts"
import { during } from "../terminal/progress.ts"

export const prompt = "Tell me a story about a fox."

/** A cold model of many gigabytes may be read from a slow disk first. */
const patience = "2 minutes"

/** How the check went, in a line. Its failure is told, not fatal: the network is up, and its operator can look. */
export const run = Effect.fnUntraced(function* (target: Target, model: string) {
  let pieces = 0
  const request = { model, messages: [{ role: "user" as const, content: prompt }], maxTokens: 64 }
  const count = () => Effect.sync(() => void (pieces += 1))
  const answer = yield* Chat.chat(target, request, count).pipe(
    Effect.timeoutOrElse({
      duration: patience,
      orElse: () => Effect.fail(new Failure({ message: `${plain(model)} gave no answer in ${patience}` }))
    }),
    during("check", (seconds) =>
      pieces === 0
        ? `asking ${plain(model)}, which may have to load first (${seconds} s)`
        : `${plain(model)} is answering: ${pieces} pieces (${seconds} s)`
    )
  )
  const tokens = (yield* Chat.jobOf(target, answer)).result?.usage.completion_tokens ?? 0
  const speed = Chat.speedOf(answer, tokens)
  const rate = speed === undefined ? "" : `, ${Math.round(speed)} tokens/s`
  return `${tokens} tokens${rate}, the first after ${Math.round(answer.firstTokenMillis)} ms`
}, Effect.provide(Http.layer))
