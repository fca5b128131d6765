/** Reads a streamed chat completion: text in, records out, at the end the finish reason and the usage. Plain code. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { type JsonRecord, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { promptLimit, roughPromptTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"
import * as ThinkTags from "../http/ThinkTags.ts"
import { type Answer, type Fail, make as answer, type Out, type Reader } from "./AnswerStream.ts"
import { stopsOf } from "./dialect.ts"
import { unlessOpening, untilStop } from "./held.ts"
import { logprobsOf } from "./logprobs.ts"
import * as ToolCalls from "./ToolCalls.ts"

/** Three names for one thing; servers that send two send the same text twice. */
const reasoningOf = (delta: JsonRecord): string | undefined =>
  stringOf(delta["reasoning_content"]) ?? stringOf(delta["reasoning"]) ?? stringOf(delta["thinking"])

const mustCall = ({ tool_choice: choice }: ChatRequest): boolean => choice === "required" || typeof choice === "object"

const mayCall = ({ tool_choice: choice, tools }: ChatRequest): boolean => tools !== undefined && choice !== "none"

/** How most models write a call. Where tools were offered, a server has to take it out of the text. */
const callTag = "<tool_call>"

const unparsed = 'does not take "tools": it leaves the model\'s calls in its text, started without a parser for them'
const unforced = 'answered with text where "tool_choice" demands a tool call: it does not enforce it for this model'

const reader =
  (request: ChatRequest, stops: ReadonlyArray<string>) =>
  (out: Out, fail: Fail): Reader => {
    let said = false
    let id = "0"
    const top = request.top_logprobs ?? 0
    const calls = ToolCalls.make(() => id)
    const ending = untilStop(stops, (text) => {
      said ||= text.trim() !== ""
      out("text", text)
    })
    const opening = unlessOpening(mayCall(request) ? callTag : "", () => fail(unparsed, "unsupported"), ending.feed)
    // A `</think>` that nothing opened stays in the text: some chat templates open it themselves, but no server says
    // so, and a wrong guess would take away the text of a model that never closes it.
    const words = ThinkTags.make((kind, text) => (kind === "text" ? opening.feed(text) : out(kind, text)))
    const flush = () => {
      words.flush()
      opening.flush()
      ending.flush()
    }
    return {
      calls: calls.count,
      read: (choice, answerId) => {
        id = answerId
        const delta = recordOf(choice["delta"])
        const reasoning = reasoningOf(delta)
        if (reasoning !== undefined) {
          flush()
          out("reasoning", reasoning)
        }
        const text = stringOf(delta["content"])
        if (text !== undefined) words.feed(text)
        const pieces = recordsOf(delta["tool_calls"])
        if (pieces.length > 0) flush()
        for (const piece of pieces) out("tool_call", JSON.stringify(calls.take(piece)))
        const logprobs = request.logprobs === true && !ending.ended() ? logprobsOf(choice, top) : undefined
        if (logprobs !== undefined) out("logprobs", logprobs)
      },
      flush: () => {
        flush()
        if (calls.nameless()) throw fail("sent a tool call without a name")
        if (said && calls.count() === 0 && mustCall(request)) throw fail(unforced, "unsupported")
      }
    }
  }

/** `cutsStops`: whether the server itself keeps stop sequences, and what comes after them, out of its text. */
export const make = (site: Site, emit: Emit, request: ChatRequest, cutsStops = true): Consumer<Answer> =>
  answer(
    site,
    emit,
    {
      prompt: () => roughPromptTokens(request),
      promptLimit: () => promptLimit(request),
      maxTokens: request.max_tokens
    },
    reader(request, cutsStops ? [] : stopsOf(request))
  )
