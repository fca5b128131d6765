/** What streamed chats and streamed completions share: events in, records out, the end checked. Plain code. */
import type { FinishReason } from "@infernet/contract/Chat"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import { Sse } from "effect/encoding"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import { type Consumer, lineLimit } from "../http/body.ts"
import { isRecord, type JsonRecord, parse, recordsOf, stringOf } from "../http/json.ts"
import { errorInside, withoutPaths } from "../http/refusal.ts"
import type { Site } from "../http/Site.ts"
import { Records } from "./Records.ts"
import { type Known, type Said, settle, usageOf } from "./usage.ts"

/** Passes one record on. */
export type Out = (kind: RecordKind, text: string) => void

/** The error for an answer that is not what it has to be. */
export type Fail = (message: string, fault?: "backend_error" | "unsupported") => BackendError

/** Reads one choice of the stream. */
export interface Reader {
  /** `answerId` is the server's own name for the answer. */
  readonly read: (choice: JsonRecord, answerId: string) => void
  /** Runs after the last choice: gives what was held back; throws where the answer is not what was asked for. */
  readonly flush: () => void
  /** Tool calls so far. */
  readonly calls: () => number
}

export interface Answer extends Completion {
  /** What the server said of the usage that cannot be true, in words. */
  readonly doubt: string | undefined
}

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

/** Characters of events and comments without a word of output, after which an answer counts as endless. */
const emptyLimit = 16 << 20

export const make = (
  site: Site,
  emit: Emit,
  known: Omit<Known, "pieces">,
  reader: (out: Out, fail: Fail) => Reader
): Consumer<Answer> => {
  let finish: string | undefined
  let said: Said | undefined
  let done = false
  let anything = false
  let answerId = "0"
  let empty = 0

  const fail: Fail = (message, fault = "backend_error") =>
    new BackendError({ fault, message: `${site.name} ${message}` })
  const records = new Records(emit, fail)
  const { calls, flush, read } = reader((kind, text) => {
    empty = 0
    records.add(kind, text)
  }, fail)

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
    answerId = stringOf(chunk["id"]) ?? answerId
    said = usageOf(chunk) ?? said
    // Only the first choice: we never ask for more.
    const first = recordsOf(chunk["choices"])[0]
    if (first === undefined) return
    read(first, answerId)
    finish = stringOf(first["finish_reason"]) ?? finish
  }

  const parser = Sse.makeParser((event) => (event._tag === "Event" ? take(event.data) : undefined), {
    maxEventSize: lineLimit
  })
  const feed = (text: string) => {
    empty += text.length
    if (parser.feed(text) !== undefined) throw fail(`sent a line of more than ${lineLimit} characters`)
    if (empty > emptyLimit) throw fail(`sent ${emptyLimit} characters in which the model says nothing`)
  }

  return {
    complete: () => done,
    feed: (text) => {
      feed(text)
      return records.settled()
    },
    end: () => {
      // The last event may lack its blank line.
      if (!done) feed("\n\n")
      if (!anything) throw fail("sent an empty answer")
      if (finish === undefined) throw fail("ended its answer without a finish reason: the answer is cut short")
      // The usage follows the finish reason, so either end mark proves that nothing was lost.
      if (!done && said === undefined) throw fail("ended its answer without an end mark: the answer is cut short")
      const reason = finishReasons[finish]
      if (reason === undefined) throw fail(`ended its answer with "${withoutPaths(finish.slice(0, 64))}"`)
      flush()
      records.end()
      return {
        // Some servers say "stop" after a tool call.
        finish_reason: reason === "stop" && calls() > 0 ? "tool_calls" : reason,
        ...settle(said, { ...known, pieces: records.pieces })
      }
    }
  }
}
