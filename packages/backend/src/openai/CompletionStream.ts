/** Reads a streamed plain completion: its text as it is, tags and all. Plain code. */
import type { CompletionRequest } from "@infernet/contract/Completion"
import type { Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { stringOf } from "../http/json.ts"
import { promptLimit, roughTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"
import { type Answer, make as answer, type Out, type Reader } from "./AnswerStream.ts"
import { stopsOf } from "./dialect.ts"
import { untilStop } from "./held.ts"

const reader =
  (stops: ReadonlyArray<string>) =>
  (out: Out): Reader => {
    const ending = untilStop(stops, (text) => out("text", text))
    return {
      calls: () => 0,
      read: (choice) => {
        const text = stringOf(choice["text"])
        if (text !== undefined) ending.feed(text)
      },
      flush: ending.flush
    }
  }

/** `cutsStops` as for chats. */
export const make = (site: Site, emit: Emit, request: CompletionRequest, cutsStops = true): Consumer<Answer> =>
  answer(
    site,
    emit,
    {
      prompt: () => roughTokens(request.prompt),
      promptLimit: () => promptLimit(request),
      maxTokens: request.max_tokens
    },
    reader(cutsStops ? [] : stopsOf(request))
  )
