/** Reads a streamed plain completion: its text as it is, tags and all. Plain code. */
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { stringOf } from "../http/json.ts"
import { promptLimit, roughTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"
import { type Answer, make as answer, type Out, type Reader } from "./AnswerStream.ts"

const reader = (out: Out): Reader => ({
  calls: () => 0,
  read: (choice) => {
    const text = stringOf(choice["text"])
    if (text !== undefined) out("text", text)
  },
  flush: () => undefined
})

export const make = (site: Site, emit: Emit, request: CompletionRequest): Consumer<Answer> =>
  answer(
    site,
    emit,
    {
      prompt: () => roughTokens(request.prompt),
      promptLimit: () => promptLimit(request),
      maxTokens: request.max_tokens
    },
    reader
  )
