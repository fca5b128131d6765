/** Reads a streamed chat completion: text in, records out, at the end the finish reason and the usage. Plain code. */
import type { FinishReason, Usage } from "@infernet/contract/Chat"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import { Sse } from "effect/encoding"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import { type Consumer, lineLimit } from "../http/body.ts"
import { isRecord, type JsonRecord, parse, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { errorInside } from "../http/refusal.ts"
import type { Site } from "../http/Site.ts"
import * as ToolCalls from "./ToolCalls.ts"
import { usageOf } from "./usage.ts"

const finishReasons: Partial<Record<string, FinishReason>> = {
  stop: "stop",
  eos: "stop",
  eos_token: "stop",
  end_turn: "stop",
  stop_sequence: "stop",
  length: "length",
  max_tokens: "length",
  model_length: "length",
  tool_calls: "tool_calls",
  function_call: "tool_calls",
  content_filter: "content_filter"
}

/** `counted` stands in for the prompt's tokens where a server gives no usage at all. */
export const make = (site: Site, emit: Emit, counted: () => number): Consumer<Completion> => {
  let finish: string | undefined
  let usage: Usage | undefined
  let done = false
  let anything = false
  let pieces = 0
  let responseId = "0"
  let backlog: Promise<void> | undefined
  const calls = ToolCalls.make(() => responseId)

  const fail = (message: string) => new BackendError({ fault: "backend_error", message: `${site.name} ${message}` })

  const out = (kind: RecordKind, text: string) => {
    pieces += 1
    const wait = emit(kind, text)
    if (wait === undefined) return
    const before = backlog
    backlog = before === undefined ? wait : before.then(() => wait)
  }

  const choice = (choice: JsonRecord) => {
    const delta = recordOf(choice["delta"])
    // Two names for one thing; servers that send both send the same text twice.
    const reasoning = stringOf(delta["reasoning_content"]) ?? stringOf(delta["reasoning"])
    if (reasoning !== undefined) out("reasoning", reasoning)
    const text = stringOf(delta["content"])
    if (text !== undefined) out("text", text)
    for (const piece of recordsOf(delta["tool_calls"])) out("tool_call", JSON.stringify(calls.take(piece)))
    finish = stringOf(choice["finish_reason"]) ?? finish
  }

  const take = (data: string) => {
    if (done) return
    if (data === "[DONE]") {
      done = true
      return
    }
    const chunk = parse(data)
    if (!isRecord(chunk)) throw fail("sent an event that is not a JSON object")
    if (chunk["error"] !== undefined && chunk["error"] !== null) throw errorInside(site, chunk)
    if (chunk["object"] === "error") throw errorInside(site, chunk)
    anything = true
    responseId = stringOf(chunk["id"]) ?? responseId
    usage = usageOf(chunk) ?? usage
    // Only the first choice: we never ask for more.
    const first = recordsOf(chunk["choices"])[0]
    if (first !== undefined) choice(first)
  }

  const parser = Sse.makeParser((event) => (event._tag === "Event" ? take(event.data) : undefined), {
    maxEventSize: lineLimit
  })
  const feed = (text: string) => {
    if (parser.feed(text) !== undefined) throw fail(`sent a line of more than ${lineLimit} characters`)
  }

  return {
    complete: () => done,
    feed: (text) => {
      feed(text)
      const wait = backlog
      backlog = undefined
      return wait
    },
    end: () => {
      // The last event may lack its blank line.
      if (!done) feed("\n\n")
      if (!anything) throw fail("sent an empty answer")
      if (finish === undefined) throw fail("ended its answer without a finish reason: the answer is cut short")
      // The usage follows the finish reason, so either end mark proves that nothing was lost.
      if (!done && usage === undefined) throw fail("ended its answer without an end mark: the answer is cut short")
      const reason = finishReasons[finish]
      if (reason === undefined) throw fail(`ended its answer with "${finish.slice(0, 64)}"`)
      const prompt = usage === undefined ? counted() : 0
      return {
        // Some servers say "stop" after a tool call.
        finish_reason: reason === "stop" && calls.count() > 0 ? "tool_calls" : reason,
        usage: usage ?? { prompt_tokens: prompt, completion_tokens: pieces, total_tokens: prompt + pieces }
      }
    }
  }
}
