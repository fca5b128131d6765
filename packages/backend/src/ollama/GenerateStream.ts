/** Reads the stream of `/api/generate` for a raw prompt: text as it comes, tags and all. Plain code. */
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { stringOf } from "../http/json.ts"
import { promptLimit, roughTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"
import * as AnswerStream from "./AnswerStream.ts"

export const make = (site: Site, emit: Emit, request: CompletionRequest): Consumer<AnswerStream.Answer> => {
  const known = {
    prompt: () => roughTokens(request.prompt),
    promptLimit: () => promptLimit(request),
    maxTokens: request.max_tokens
  }
  return AnswerStream.make(site, emit, known, (out) => ({
    called: () => false,
    flush: () => undefined,
    read: (object) => {
      const text = stringOf(object["response"])
      if (text !== undefined) out("text", text)
    }
  }))
}
