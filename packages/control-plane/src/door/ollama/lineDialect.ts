/** Ollama's lines of JSON, as its clients read them. */
import type { Dialect } from "../../http/eventStream.ts"
import { parseLogprobs } from "../../job/logprobs.ts"
import { parseToolCallDelta } from "@infernet/contract/ToolCalls"
import { JsonEnd } from "../JsonEnd.ts"
import { type Asking, createdAt, endOf, type Said, toolCall } from "./form.ts"

/** A call whose arguments come in pieces: clients are given objects, so it is told when it is whole. */
interface Call {
  id: string
  name: string
  json: string
  told: boolean
  readonly end: JsonEnd
}

/** Within JSON these are letters, but some readers of lines take them for the end of one. */
const escaped = (line: string): string =>
  line.replaceAll(/[\u0085\u2028\u2029]/g, (end) => `\\u${end.charCodeAt(0).toString(16).padStart(4, "0")}`)

export const lineDialect = (asking: Asking): Dialect => {
  const { form, model, now, thoughts } = asking
  const calls = new Map<number, Call>()
  let firstAt: number | undefined

  const line = (fields: object): string =>
    `${escaped(JSON.stringify({ model, created_at: createdAt(now()), ...fields }))}\n`

  const piece = (said: Said): string => {
    firstAt ??= now()
    return line({ ...form(said), done: false })
  }

  const tell = (index: number, call: Call): string => {
    call.told = true
    return piece({ calls: [toolCall(index, call.id, call.name, call.json)] })
  }

  const called = (text: string): string => {
    const delta = parseToolCallDelta(text)
    if (delta === undefined) return ""
    const call = calls.get(delta.index) ?? { id: "", name: "", json: "", told: false, end: new JsonEnd() }
    calls.set(delta.index, call)
    if (call.told) return ""
    call.id = delta.id ?? call.id
    call.name = delta.name ?? call.name
    call.json += delta.arguments
    call.end.add(delta.arguments)
    return call.end.reached ? tell(delta.index, call) : ""
  }

  return {
    contentType: "application/x-ndjson",
    keepAlive: "",
    start: "",
    entry: ({ kind, text }) => {
      switch (kind) {
        case "text":
          return text === "" ? "" : piece({ text })
        case "reasoning":
          return text === "" || !thoughts ? "" : piece({ thinking: text })
        case "tool_call":
          return called(text)
        case "logprobs": {
          const logprobs = parseLogprobs(text)?.content
          return logprobs === undefined ? "" : piece({ logprobs })
        }
        default:
          return ""
      }
    },
    end: (end) => {
      if (end._tag === "Failed") return `${escaped(JSON.stringify({ error: end.message }))}\n`
      const rest = [...calls].filter(([, { told }]) => !told).map(([index, call]) => tell(index, call))
      return rest.join("") + line({ ...form({}), ...endOf(asking, end.finishReason, end.usage, firstAt) })
    }
  }
}
