/** A whole check-up: what is known is judged first, and a chat through the network comes last. */
import { Effect } from "effect"
import { Facts } from "./Facts.ts"
import type { Finding } from "./Finding.ts"
import { chatModel, judge, judgeChat } from "./judge.ts"

/** Gives every finding to `tell` as soon as it is there, and all of them in the end. */
export const checkUp = Effect.fnUntraced(function* (tell: (finding: Finding) => Effect.Effect<void>) {
  const facts = yield* Facts
  const situation = yield* facts.situation
  const findings = judge(situation)
  yield* Effect.forEach(findings, tell)
  // A control plane alone has no node that could answer.
  if (situation.role === "control plane") return findings

  const model = chatModel(situation)
  const last =
    typeof model === "string"
      ? yield* Effect.match(facts.chat(situation, model), {
          onSuccess: (answered) => judgeChat(model, answered),
          onFailure: (failure) => judgeChat(model, failure)
        })
      : model
  yield* tell(last)
  return [...findings, last]
})
