/** Reads the NDJSON of `/api/chat`: text in, records out, at the end the finish reason and the usage. Plain code. */
import type { FinishReason } from "@infernet/contract/Chat"
import type { RecordKind } from "@infernet/contract/LinkRecord"
import { BackendError, type Completion, type Emit } from "../Backend.ts"
import { type Consumer, lineLimit } from "../http/body.ts"
import { countOf, isRecord, type JsonRecord, parse, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { errorInside } from "../http/refusal.ts"
import type { Site } from "../http/Site.ts"

const finishReasons: Partial<Record<string, FinishReason>> = { stop: "stop", length: "length" }

/** `counted` stands in for the prompt's tokens where Ollama gives none: older builds for a prompt that was all cached. */
export const make = (site: Site, emit: Emit, counted: () => number): Consumer<Completion> => {
  let pending = ""
  let last: JsonRecord | undefined
  let anything = false
  let calls = 0
  let pieces = 0
  let backlog: Promise<void> | undefined

  const fail = (message: string) => new BackendError({ fault: "backend_error", message: `${site.name} ${message}` })

  const out = (kind: RecordKind, text: string) => {
    pieces += 1
    const wait = emit(kind, text)
    if (wait === undefined) return
    const before = backlog
    backlog = before === undefined ? wait : before.then(() => wait)
  }

  const toolCall = (call: JsonRecord, made: string) => {
    const fn = recordOf(call["function"])
    const index = calls++
    out(
      "tool_call",
      JSON.stringify({
        index,
        id: stringOf(call["id"]) ?? `call_${made}_${index}`,
        name: stringOf(fn["name"]),
        arguments: JSON.stringify(fn["arguments"] ?? {})
      })
    )
  }

  const take = (line: string) => {
    if (line === "" || last !== undefined) return
    const object = parse(line)
    if (!isRecord(object)) throw fail("sent a line that is not a JSON object")
    if (object["error"] !== undefined) throw errorInside(site, object)
    anything = true
    const message = recordOf(object["message"])
    const thinking = stringOf(message["thinking"])
    if (thinking !== undefined) out("reasoning", thinking)
    const text = stringOf(message["content"])
    if (text !== undefined) out("text", text)
    // Without ids of its own (older builds), the time of the answer tells this answer's calls from another's.
    const made = (stringOf(object["created_at"]) ?? "0").replaceAll(/\D/g, "")
    for (const call of recordsOf(message["tool_calls"])) toolCall(call, made)
    if (object["done"] === true) last = object
  }

  const feed = (text: string) => {
    let start = 0
    for (let end = text.indexOf("\n"); end !== -1; end = text.indexOf("\n", start)) {
      take((pending + text.slice(start, end)).trim())
      pending = ""
      start = end + 1
    }
    pending += text.slice(start)
    if (pending.length > lineLimit) throw fail(`sent a line of more than ${lineLimit} characters`)
  }

  return {
    complete: () => last !== undefined,
    feed: (text) => {
      feed(text)
      const wait = backlog
      backlog = undefined
      return wait
    },
    end: () => {
      feed("\n")
      if (!anything) throw fail("sent an empty answer")
      if (last === undefined) throw fail("ended its answer without an end mark: the answer is cut short")
      const said = stringOf(last["done_reason"]) ?? "stop"
      const reason = finishReasons[said]
      if (reason === undefined) throw fail(`ended its answer with "${said.slice(0, 64)}"`)
      const prompt = countOf(last["prompt_eval_count"]) ?? counted()
      const completion = countOf(last["eval_count"]) ?? pieces
      const cached = countOf(last["prompt_eval_cached_count"]) ?? countOf(last["cached_tokens"])
      return {
        // Ollama says "stop" after a tool call.
        finish_reason: reason === "stop" && calls > 0 ? "tool_calls" : reason,
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
