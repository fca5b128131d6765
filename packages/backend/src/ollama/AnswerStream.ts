/** What the streams of `/api/chat` and `/api/generate` share: their end, their usage, their errors. Plain code. */
import type { FinishReason } from "@infernet/contract/Chat"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { countOf, type JsonRecord, stringOf } from "../http/json.ts"
import { errorInside } from "../http/refusal.ts"
import type { Site } from "../http/Site.ts"
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

const finishReasons: Partial<Record<string, FinishReason>> = { stop: "stop", length: "length" }

/** `counted` stands in for the prompt's tokens where Ollama gives none: older builds for a prompt that was all cached. */
export const make = (
  site: Site,
  emit: Emit,
  counted: () => number,
  reader: (out: Out) => Reader
): Consumer<Completion> => {
  let last: JsonRecord | undefined
  let anything = false
  let pieces = 0
  let backlog: Promise<void> | undefined

  const fail = (message: string) => new BackendError({ fault: "backend_error", message: `${site.name} ${message}` })

  const { called, flush, read } = reader((kind, text) => {
    // About one a token; what is said of a token is none of its own.
    if (kind !== "logprobs") pieces += 1
    const wait = emit(kind, text)
    if (wait === undefined) return
    const before = backlog
    backlog = before === undefined ? wait : before.then(() => wait)
  })

  const lines = Lines.make(
    site,
    (object) => {
      if (object["error"] !== undefined) throw errorInside(site, object)
      anything = true
      read(object)
      if (object["done"] !== true) return
      last = object
      flush()
    },
    () => last !== undefined
  )

  const settled = () => {
    const wait = backlog
    backlog = undefined
    return wait
  }

  return {
    complete: () => last !== undefined,
    feed: (text) => {
      lines.feed(text)
      return settled()
    },
    end: () => {
      lines.end()
      if (!anything) throw fail("sent an empty answer")
      if (last === undefined) throw fail("ended its answer without an end mark: the answer is cut short")
      const said = stringOf(last["done_reason"]) ?? "stop"
      const reason = finishReasons[said]
      if (reason === undefined) throw fail(`ended its answer with "${said.slice(0, 64)}"`)
      const completion = countOf(last["eval_count"]) ?? pieces
      const cached = countOf(last["prompt_eval_cached_count"]) ?? countOf(last["cached_tokens"])
      const prompt = Math.max(countOf(last["prompt_eval_count"]) ?? counted(), cached ?? 0)
      return {
        // Ollama says "stop" after a tool call.
        finish_reason: reason === "stop" && called() ? "tool_calls" : reason,
        usage: {
          prompt_tokens: prompt,
          completion_tokens: completion,
          total_tokens: prompt + completion,
          ...(cached !== undefined && { cached_tokens: cached })
        }
      }
    }
  }
}
