/** What the streams of `/api/chat` and `/api/generate` share: their end, their usage, their errors. Plain code. */
import type { FinishReason } from "@infernet/contract/Chat"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { type JsonRecord, stringOf } from "../http/json.ts"
import { errorInside, withoutPaths } from "../http/refusal.ts"
import type { Site } from "../http/Site.ts"
import { Records } from "../openai/Records.ts"
import { type Known, type Said, settle } from "../openai/usage.ts"
import * as Lines from "./Lines.ts"

/** Passes one record on. */
export type Out = (kind: RecordKind, text: string) => void

/** Reads one object of the stream; `flush` runs after the last. */
export interface Reader {
  readonly read: (object: JsonRecord) => void
  readonly flush: () => void
  /** Whether the model has called a tool. */
  readonly called: () => boolean
}

export interface Answer extends Completion {
  /** What Ollama said of the usage that cannot be true, in words. */
  readonly doubt: string | undefined
}

const finishReasons: Partial<Record<string, FinishReason>> = { stop: "stop", length: "length" }

/** Older builds leave out the count of a prompt that was all cached, and tell nothing of what was. */
const usageOf = (last: JsonRecord): Said => ({
  prompt: last["prompt_eval_count"],
  completion: last["eval_count"],
  cached: last["prompt_eval_cached_count"] ?? last["cached_tokens"],
  reasoning: undefined
})

export const make = (
  site: Site,
  emit: Emit,
  known: Omit<Known, "pieces">,
  reader: (out: Out) => Reader
): Consumer<Answer> => {
  let last: JsonRecord | undefined
  let anything = false

  const fail = (message: string) => new BackendError({ fault: "backend_error", message: `${site.name} ${message}` })
  const records = new Records(emit, fail)
  const { called, flush, read } = reader((kind, text) => records.add(kind, text))

  const take = (object: JsonRecord) => {
    if (object["error"] !== undefined) throw errorInside(site, object)
    anything = true
    read(object)
    if (object["done"] !== true) return
    last = object
    flush()
    records.end()
  }
  const lines = Lines.make(site, take, () => last !== undefined)

  return {
    complete: () => last !== undefined,
    feed: (text) => {
      lines.feed(text)
      return records.settled()
    },
    end: () => {
      lines.end()
      if (!anything) throw fail("sent an empty answer")
      if (last === undefined) throw fail("ended its answer without an end mark: the answer is cut short")
      const said = stringOf(last["done_reason"]) ?? "stop"
      const reason = finishReasons[said]
      if (reason === undefined) throw fail(`ended its answer with "${withoutPaths(said.slice(0, 64))}"`)
      return {
        // Ollama says "stop" after a tool call.
        finish_reason: reason === "stop" && called() ? "tool_calls" : reason,
        ...settle(usageOf(last), { ...known, pieces: records.pieces })
      }
    }
  }
}
