/** Anthropic's messages and tools as ours: blocks of one turn become the messages that say the same. */
import type { CountTokensRequest, MessageParam, MessagesRequest } from "@infernet/contract/Anthropic"
import type { ChatRequest, Message, Tool } from "@infernet/contract/Chat"

type Block = Exclude<MessageParam["content"], string>[number]
type Of<Type extends Block["type"]> = Extract<Block, { readonly type: Type }>
type Part = { readonly type: "text"; readonly text: string } | ImagePart
interface ImagePart {
  readonly type: "image_url"
  readonly image_url: { readonly url: string }
}

const isOf =
  <Type extends Block["type"]>(type: Type) =>
  (block: { readonly type: string }): block is Of<Type> =>
    block.type === type

const isText = isOf("text")
const isImage = isOf("image")

const imagePart = ({ source }: Of<"image">): ReadonlyArray<ImagePart> =>
  "data" in source ? [{ type: "image_url", image_url: { url: `data:${source.media_type};base64,${source.data}` } }] : []

/** Texts as lines of one: backends that are given parts differ in what they put between them. */
const textOf = (content: string | ReadonlyArray<{ readonly type: string }>): string =>
  typeof content === "string"
    ? content
    : content
        .filter(isText)
        .map(({ text }) => text)
        .join("\n")

/** Tools answer in words; the pictures among them follow as the user's. */
const toolMessage = ({ content = "", is_error, tool_use_id }: Of<"tool_result">): Message => {
  const text = textOf(content)
  return { role: "tool", tool_call_id: tool_use_id, content: is_error === true ? `Error: ${text}` : text }
}

const picturesOf = ({ content = "" }: Of<"tool_result">): ReadonlyArray<ImagePart> =>
  typeof content === "string" ? [] : content.filter(isImage).flatMap(imagePart)

const userMessages = (content: Extract<MessageParam, { readonly role: "user" }>["content"]): ReadonlyArray<Message> => {
  if (typeof content === "string") return [{ role: "user", content }]
  const results = content.filter(isOf("tool_result"))
  const said = content.flatMap((block): ReadonlyArray<Part> => {
    if (isText(block)) return [{ type: "text", text: block.text }]
    return isImage(block) ? imagePart(block) : []
  })
  const parts = [...results.flatMap(picturesOf), ...said]
  if (parts.length === 0 && results.length > 0) return results.map(toolMessage)
  const plain = parts.every(({ type }) => type === "text")
  return [...results.map(toolMessage), { role: "user", content: plain ? textOf(content) : parts }]
}

const assistantMessage = (content: Extract<MessageParam, { readonly role: "assistant" }>["content"]): Message => {
  if (typeof content === "string") return { role: "assistant", content }
  // Its own words as they were: where a call stood among them there was nothing.
  const text = content
    .filter(isText)
    .map(({ text }) => text)
    .join("")
  const calls = content.filter(isOf("tool_use")).map(({ id, input, name }) => ({
    id,
    type: "function" as const,
    function: { name, arguments: JSON.stringify(input) }
  }))
  return calls.length === 0
    ? { role: "assistant", content: text }
    : { role: "assistant", content: text === "" ? null : text, tool_calls: calls }
}

const messagesOf = (message: MessageParam): ReadonlyArray<Message> => {
  switch (message.role) {
    case "user":
      return userMessages(message.content)
    case "assistant":
      return [assistantMessage(message.content)]
    case "system":
      return [{ role: "system", content: textOf(message.content) }]
  }
}

const toolsOf = (tools: CountTokensRequest["tools"]): ReadonlyArray<Tool> =>
  (tools ?? []).flatMap((tool) => {
    if (!("input_schema" in tool)) return []
    const { description, input_schema: parameters, name, strict } = tool
    const told = { ...(description === undefined ? {} : { description }), ...(strict == null ? {} : { strict }) }
    return [{ type: "function", function: { name, ...told, parameters } }]
  })

/** What the model is given to read. */
export const promptOf = ({ messages, system, tools }: CountTokensRequest) => ({
  messages: [
    ...(system == null ? [] : [{ role: "system" as const, content: textOf(system) }]),
    ...messages.flatMap(messagesOf)
  ] satisfies ReadonlyArray<Message>,
  tools: toolsOf(tools)
})

export const toolChoiceOf = (choice: MessagesRequest["tool_choice"]): ChatRequest["tool_choice"] => {
  switch (choice?.type) {
    case "any":
      return "required"
    case "tool":
      return { type: "function", function: { name: choice.name } }
    default:
      return choice?.type
  }
}
