/** What a chat would cost, asked before it. */
import { QuoteView } from "@infernet/contract/Quote"
import { Effect } from "effect"
import { HttpClientRequest } from "effect/http"
import { decode, send } from "./api.ts"
import { bodyOf, type Chat } from "./chat.ts"
import type { Target } from "./Target.ts"

export const quote = Effect.fnUntraced(function* (target: Target, chat: Chat) {
  const request = yield* Effect.orDie(
    HttpClientRequest.bodyJson(HttpClientRequest.post("/api/v1/quotes"), bodyOf(chat))
  )
  return yield* Effect.flatMap(send(target, request), decode(QuoteView))
})
