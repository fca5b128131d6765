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
  answered: boolean
}

/** Calls in their order; those that were answered meanwhile are passed by once, however many there are. */
class Queue {
  readonly #calls: Array<Call> = []
  #at = 0

  add(call: Call): void {
    this.#calls.push(call)
  }

  get first(): Call | undefined {
    while (this.#calls[this.#at]?.answered === true) this.#at += 1
    return this.#calls[this.#at]
  }
}

const added = (queues: Map<string, Queue>, key: string, call: Call): void => {
  const queue = queues.get(key) ?? new Queue()
  queues.set(key, queue)
  queue.add(call)
}

const firstOf = (queues: ReadonlyMap<string, Queue>, key: string | undefined): Call | undefined =>
  key === undefined ? undefined : queues.get(key)?.first

/** The calls that wait for an answer, by whose names Ollama's clients give it. */
class Unanswered {
  readonly #all = new Queue()
  readonly #ids = new Map<string, Queue>()
  readonly #names = new Map<string, Queue>()

  ask(id: string, name: string): void {
    const call = { id, name, answered: false }
    this.#all.add(call)
    added(this.#ids, id, call)
    added(this.#names, name, call)
  }

  /** The call that an answer is to: by its id, else the first of its name, else the first of all. */
  answer(id: string | undefined, name: string | undefined): string {
    const call = firstOf(this.#ids, id) ?? firstOf(this.#names, name) ?? this.#all.first
    if (call !== undefined) call.answered = true
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
        for (const { function: called, id } of calls) unanswered.ask(id, called.name)
        return calls.length === 0 ? { role: "assistant", content } : { role: "assistant", content, tool_calls: calls }
      }
      case "tool":
        return { role: "tool", content, tool_call_id: unanswered.answer(message.tool_call_id, message.tool_name) }
    }
  })
}
