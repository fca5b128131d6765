/** Items of a responses request as the messages of a chat. */
import type { Message } from "@infernet/contract/Chat"
import type { InputItem, ItemReference } from "@infernet/contract/ResponsesInput"

/** An item that is there itself. */
export type GivenItem = Exclude<InputItem, ItemReference>

type Part = Exclude<Extract<GivenItem, { readonly role: string }>["content"], string>[number]

const textOf = (part: Part): string =>
  part.type === "refusal" ? part.refusal : part.type === "input_image" ? "" : part.text

const joined = (content: string | ReadonlyArray<Part>, between: string): string =>
  typeof content === "string" ? content : content.map(textOf).join(between)

type UserContent = Extract<Message, { readonly role: "user" }>["content"]

const detailOf = (detail: "auto" | "low" | "high" | "original" | null | undefined) =>
  detail === null || detail === undefined ? {} : { detail: detail === "original" ? "high" : detail }

const userContent = (content: string | ReadonlyArray<Part>): UserContent =>
  typeof content === "string"
    ? content
    : content.map((part) =>
        part.type === "input_image"
          ? { type: "image_url", image_url: { url: part.image_url, ...detailOf(part.detail) } }
          : { type: "text", text: textOf(part) }
      )

type Assistant = Extract<Message, { readonly role: "assistant" }>

/** A call belongs to the assistant's message before it; an earlier answer says its text and its calls one by one. */
const called = (messages: Array<Message>, { arguments: args, call_id: id, name }: FunctionCall): void => {
  const last = messages.at(-1)
  const before: Assistant = last?.role === "assistant" ? last : { role: "assistant", content: null }
  const call = { id, type: "function" as const, function: { name, arguments: args } }
  const message: Assistant = { ...before, tool_calls: [...(before.tool_calls ?? []), call] }
  if (last?.role === "assistant") messages[messages.length - 1] = message
  else messages.push(message)
}

type FunctionCall = Extract<GivenItem, { readonly type: "function_call" }>

/** Empty where there is nothing but earlier thoughts. */
export const messagesOf = (
  instructions: string | null | undefined,
  input: string | ReadonlyArray<GivenItem>
): ReadonlyArray<Message> => {
  // One system message and at the beginning: many chat templates take no other.
  const opening: Array<string> = instructions ? [instructions] : []
  const messages: Array<Message> = []
  for (const item of typeof input === "string" ? [{ role: "user" as const, content: input }] : input) {
    if ("role" in item) {
      if (item.role === "user") messages.push({ role: "user", content: userContent(item.content) })
      else if (item.role === "assistant") messages.push({ role: "assistant", content: joined(item.content, "") })
      else if (messages.length === 0) opening.push(joined(item.content, "\n"))
      else messages.push({ role: item.role, content: joined(item.content, "\n") })
    } else if (item.type === "function_call") called(messages, item)
    else if (item.type === "function_call_output") {
      messages.push({ role: "tool", tool_call_id: item.call_id, content: joined(item.output, "\n") })
    }
  }
  return opening.length === 0 ? messages : [{ role: "system", content: opening.join("\n\n") }, ...messages]
}
