/** Reads the stream of `/api/chat`: text, thoughts, tool calls and logprobs as records. Plain code. */
import type { ChatRequest } from "@infernet/contract/Chat"
import { BackendError, type Emit } from "../Backend.ts"
import type { Consumer } from "../http/body.ts"
import { type JsonRecord, recordOf, recordsOf, stringOf } from "../http/json.ts"
import { promptLimit, roughPromptTokens } from "../http/roughTokens.ts"
import type { Site } from "../http/Site.ts"
import * as ThinkTags from "../http/ThinkTags.ts"
import * as AnswerStream from "./AnswerStream.ts"
import { logprobsOf } from "./logprobs.ts"

/** Calls come whole, each with its arguments as an object; older builds number all of them 0 and give no ids. */
const toolCalls = (site: Site) => {
  let count = 0
  return {
    count: () => count,
    take: (call: JsonRecord, made: string): string => {
      const fn = recordOf(call["function"])
      const name = stringOf(fn["name"])
      if (name === undefined) {
        throw new BackendError({ fault: "backend_error", message: `${site.name} sent a tool call without a name` })
      }
      const index = count++
      const given = fn["arguments"] ?? {}
      return JSON.stringify({
        index,
        id: stringOf(call["id"]) ?? `call_${made}_${index}`,
        name,
        arguments: typeof given === "string" ? given : JSON.stringify(given)
      })
    }
  }
}

export const make = (site: Site, emit: Emit, request: ChatRequest): Consumer<AnswerStream.Answer> => {
  const known = {
    prompt: () => roughPromptTokens(request),
    promptLimit: () => promptLimit(request),
    maxTokens: request.max_tokens
  }
  return AnswerStream.make(site, emit, known, (out) => {
    const calls = toolCalls(site)
    // For models whose template Ollama does not know to think.
    const words = ThinkTags.make(out)
    return {
      called: () => calls.count() > 0,
      flush: words.flush,
      read: (object) => {
        const message = recordOf(object["message"])
        const thinking = stringOf(message["thinking"])
        if (thinking !== undefined) out("reasoning", thinking)
        const text = stringOf(message["content"])
        if (text !== undefined) words.feed(text)
        const said = recordsOf(message["tool_calls"])
        if (said.length > 0) words.flush()
        // Without ids of its own, the time of the answer tells this answer's calls from another's.
        const made = (stringOf(object["created_at"]) ?? "0").replaceAll(/\D/g, "")
        for (const call of said) out("tool_call", calls.take(call, made))
        const logprobs = logprobsOf(object)
        if (logprobs !== undefined) out("logprobs", logprobs)
      }
    }
  })
}
