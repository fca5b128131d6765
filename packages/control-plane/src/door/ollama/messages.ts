/** Ollama's messages as ours, where each tool result names the call that it answers. */
import type { Message } from "@infernet/contract/Chat"
import { imageTypeOf, type OllamaMessage } from "@infernet/contract/Ollama"

type Content = Extract<Message, { readonly role: "user" }>["content"]

/** Words and pictures of a user's. */
export const contentOf = (text: string, images: ReadonlyArray<string>): Content =>
  images.length === 0
    ? text
    : [
        { type: "text", text },
        ...images.map((data) => ({
          type: "image_url" as const,
          image_url: { url: `data:image/${imageTypeOf(data) ?? "png"};base64,${data}` }
        }))
      ]

interface Call {
  readonly id: string
  readonly name: string
}

/** The calls that wait for an answer, by whose names Ollama's clients give it. */
class Unanswered {
  #calls: ReadonlyArray<Call> = []

  ask(calls: ReadonlyArray<Call>): void {
    this.#calls = [...this.#calls, ...calls]
  }

  /** The call that an answer is to: by its id, else the first of its name, else the first of all. */
  answer(id: string | undefined, name: string | undefined): string {
    const call =
      this.#calls.find((one) => one.id === id) ?? this.#calls.find((one) => one.name === name) ?? this.#calls[0]
    this.#calls = this.#calls.filter((one) => one !== call)
    return id ?? call?.id ?? name ?? ""
  }
}

export const messagesOf = (messages: ReadonlyArray<OllamaMessage>): ReadonlyArray<Message> => {
  const unanswered = new Unanswered()
  return messages.map((message, turn): Message => {
    const { content = "" } = message
    switch (message.role) {
      case "system":
        return { role: "system", content }
      case "user":
        return { role: "user", content: contentOf(content, message.images ?? []) }
      case "assistant": {
        const calls = (message.tool_calls ?? []).map(({ function: called, id }, i) => ({
          id: id ?? `call_${turn}_${i}`,
          type: "function" as const,
          function: { name: called.name, arguments: JSON.stringify(called.arguments) }
        }))
        unanswered.ask(calls.map(({ function: { name }, id }) => ({ id, name })))
        return calls.length === 0 ? { role: "assistant", content } : { role: "assistant", content, tool_calls: calls }
      }
      case "tool":
        return { role: "tool", content, tool_call_id: unanswered.answer(message.tool_call_id, message.tool_name) }
    }
  })
}
