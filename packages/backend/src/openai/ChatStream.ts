/** Reads a streamed chat completion: text in, records out, at the end the finish reason and the usage. Plain code. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { type JsonRecord, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { promptLimit, roughPromptTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"
import * as ThinkTags from "../http/ThinkTags.ts"
import { type Answer, make as answer, type Out, type Reader } from "./AnswerStream.ts"
import { logprobsOf } from "./logprobs.ts"
import * as ToolCalls from "./ToolCalls.ts"

/** Three names for one thing; servers that send two send the same text twice. */
const reasoningOf = (delta: JsonRecord): string | undefined =>
  stringOf(delta["reasoning_content"]) ?? stringOf(delta["reasoning"]) ?? stringOf(delta["thinking"])

const mustCall = ({ tool_choice: choice }: ChatRequest): boolean => choice === "required" || typeof choice === "object"

const reader =
  (request: ChatRequest) =>
  (out: Out): Reader => {
    let said = false
    let id = "0"
    const top = request.top_logprobs ?? 0
    const calls = ToolCalls.make(() => id)
    // A `</think>` that nothing opened stays in the text: some chat templates open it themselves, but no server says
    // so, and a wrong guess would take away the text of a model that never closes it.
    const words = ThinkTags.make((kind, text) => {
      said ||= kind === "text" && text.trim() !== ""
      out(kind, text)
    })
    return {
      calls: calls.count,
      read: (choice, answerId) => {
        id = answerId
        const delta = recordOf(choice["delta"])
        const reasoning = reasoningOf(delta)
        if (reasoning !== undefined) {
          words.flush()
          out("reasoning", reasoning)
        }
        const text = stringOf(delta["content"])
        if (text !== undefined) words.feed(text)
        const pieces = recordsOf(delta["tool_calls"])
        if (pieces.length > 0) words.flush()
        for (const piece of pieces) out("tool_call", JSON.stringify(calls.take(piece)))
        const logprobs = request.logprobs === true ? logprobsOf(choice, top) : undefined
        if (logprobs !== undefined) out("logprobs", logprobs)
      },
      flush: () => {
        words.flush()
        if (!said || calls.count() > 0 || !mustCall(request)) return undefined
        return 'answered with text where "tool_choice" demands a tool call: it does not enforce it for this model'
      }
    }
  }

export const make = (site: Site, emit: Emit, request: ChatRequest): Consumer<Answer> =>
  answer(
    site,
    emit,
    {
      prompt: () => roughPromptTokens(request),
      promptLimit: () => promptLimit(request),
      maxTokens: request.max_tokens
    },
    reader(request)
  )
