/**
 * Messages in OpenAI's form as node-llama-cpp's history, whose last item is the answer to go on with.
 *
 * There a tool's result is part of the answer that called the tool, and so is what the model says after it: all that is
 * said between two turns of the user is one item.
 */
import type { Message } from "@infernet/contract/Chat"
import type { ChatHistoryItem, ChatModelFunctionCall, ChatModelResponse } from "node-llama-cpp"
import { textOf } from "./textOf.ts"

type Assistant = Extract<Message, { role: "assistant" }>

/** JSON where it is JSON: models were trained on values, not on text in quotes. */
const valueOf = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    // Clients may send any text as a tool's arguments or as its answer.
    return text
  }
}

const callsOf = (
  message: Assistant,
  results: ReadonlyMap<string, string>,
  described: ReadonlyMap<string, string>
): ReadonlyArray<ChatModelFunctionCall> =>
  (message.tool_calls ?? []).map(({ function: { arguments: text, name }, id }, index) => {
    const description = described.get(name)
    const result = results.get(id)
    return {
      type: "functionCall",
      name,
      ...(description !== undefined && { description }),
      params: text.trim() === "" ? undefined : valueOf(text),
      result: result === undefined ? undefined : valueOf(result),
      startsNewChunk: index === 0
    }
  })

/** @param described what the tools that are offered say of themselves, by name */
export const historyOf = (
  messages: ReadonlyArray<Message>,
  described: ReadonlyMap<string, string> = new Map()
): ReadonlyArray<ChatHistoryItem> => {
  const results = new Map(
    messages.flatMap((message) => (message.role === "tool" ? [[message.tool_call_id, textOf(message.content)]] : []))
  )
  const history: Array<ChatHistoryItem> = []
  let answer: ChatModelResponse["response"] | undefined

  /** Whether the answer under way ends with a tool's result, so that what follows goes on with it. */
  const goesOn = () => {
    const last = answer?.at(-1)
    return typeof last === "object" && last.type === "functionCall"
  }

  for (const message of messages) {
    // Its text is where its call is.
    if (message.role === "tool") continue
    if (message.role !== "assistant") {
      answer = undefined
      history.push({ type: message.role === "user" ? "user" : "system", text: textOf(message.content) })
      continue
    }
    if (answer === undefined || !goesOn()) {
      answer = []
      history.push({ type: "model", response: answer })
    }
    const text = textOf(message.content)
    if (text !== "") answer.push(text)
    answer.push(...callsOf(message, results, described))
  }
  if (answer === undefined) history.push({ type: "model", response: [] })
  return history
}
