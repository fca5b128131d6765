/**
 * An answer as items, put together from what a job says: the events that its pieces are, and what they come to.
 *
 * Plain synchronous code: `take` runs once a token. An item is done when another begins, so that its reader may act on
 * it. Thoughts and text that come by turns become items by turns; a piece of an earlier call still goes to its call.
 */
import type { FinishReason } from "@infernet/contract/Chat"
import type { ItemStatus, OutputItem, OutputLogprob } from "@infernet/contract/ResponseObject"
import type { Entry } from "../../../job/JobLog.ts"
import { parseLogprobs } from "../../../job/logprobs.ts"
import { parseToolCallDelta } from "@infernet/contract/ToolCalls"
import { type CallItem, functionCall, type Item, message, type Place, reasoning, type Say } from "./items.ts"

/** How an answer is to be shown. */
export interface Showing {
  readonly thoughts: "content" | "summary"
  readonly logprobs: boolean
  /** Whether there may be more calls than one. */
  readonly parallel: boolean
}

const bytesOf = (token: string): ReadonlyArray<number> => [...new TextEncoder().encode(token)]

/** OpenAI's types have the bytes of each token. */
const outputLogprobs = (text: string): ReadonlyArray<OutputLogprob> =>
  (parseLogprobs(text)?.content ?? []).map((token) => ({
    ...token,
    bytes: token.bytes ?? bytesOf(token.token),
    top_logprobs: token.top_logprobs.map((other) => ({ ...other, bytes: other.bytes ?? bytesOf(other.token) }))
  }))

export const statusAfter = (reason: FinishReason): "completed" | "incomplete" =>
  reason === "length" || reason === "content_filter" ? "incomplete" : "completed"

const none: ReadonlyArray<OutputLogprob> = []

export class Answer {
  readonly #items: Array<Item> = []
  readonly #calls = new Map<number, CallItem>()
  /** The item that pieces are added to. */
  #open: Item | undefined
  #last: ItemStatus = "incomplete"
  /** Text whose log probabilities come next. */
  #held: string | undefined
  readonly #idBody: string
  readonly #showing: Showing
  readonly #say: Say

  /** `idBody` is what the ids of all items have in common. */
  constructor(idBody: string, showing: Showing, say: Say) {
    this.#idBody = idBody
    this.#showing = showing
    this.#say = say
  }

  /** The events of a piece; none of one that is not shown. */
  take({ kind, text }: Entry): string {
    switch (kind) {
      case "text":
        if (!this.#showing.logprobs) return this.#addText("text", text, none)
        return this.#release(none) + this.#hold(text)
      case "logprobs":
        return this.#showing.logprobs ? this.#release(outputLogprobs(text)) : ""
      case "reasoning":
        return this.#release(none) + this.#addText("reasoning", text, none)
      case "tool_call":
        return this.#release(none) + this.#addCall(text)
      default:
        return ""
    }
  }

  /** The last events: an answer that said nothing gets an empty message, as clients look for one. */
  finish(reason: FinishReason): string {
    this.#last = statusAfter(reason)
    const rest = this.#release(none)
    const isEmpty = this.#last === "completed" && !this.#items.some(({ kind }) => kind !== "reasoning")
    return rest + (isEmpty ? this.#begin(message(this.#say, this.#place("msg"))) : "") + this.#close(this.#last)
  }

  /** What was said; the item that was under way is incomplete, unless the answer has finished well. */
  get output(): ReadonlyArray<OutputItem> {
    return this.#items.map((item) => item.written(item === this.#open ? this.#last : "completed"))
  }

  #place(prefix: "msg" | "rs" | "fc"): Place {
    return { id: `${prefix}_${this.#idBody}_${this.#items.length}`, index: this.#items.length }
  }

  #begin(item: Item): string {
    this.#items.push(item)
    return this.#turnTo(item) + item.open()
  }

  #turnTo(item: Item): string {
    if (this.#open === item) return ""
    const closed = this.#close("completed")
    this.#open = item
    return closed
  }

  #close(status: ItemStatus): string {
    return this.#open?.close(status) ?? ""
  }

  #hold(text: string): string {
    this.#held = text
    return ""
  }

  /** The text held, with what was said of its tokens. Those of thoughts and calls are told to nobody. */
  #release(logprobs: ReadonlyArray<OutputLogprob>): string {
    const held = this.#held
    this.#held = undefined
    if (held === undefined && this.#open?.kind !== "text") return ""
    return this.#addText("text", held ?? "", logprobs)
  }

  #addText(kind: "text" | "reasoning", text: string, logprobs: ReadonlyArray<OutputLogprob>): string {
    if (text === "" && logprobs.length === 0) return ""
    if (this.#open?.kind === kind) return this.#open.add(text, logprobs)
    const item =
      kind === "text"
        ? message(this.#say, this.#place("msg"))
        : reasoning(this.#say, this.#place("rs"), this.#showing.thoughts)
    return this.#begin(item) + item.add(text, logprobs)
  }

  #addCall(text: string): string {
    const delta = parseToolCallDelta(text)
    if (delta === undefined) return ""
    const known = this.#calls.get(delta.index)
    if (known !== undefined) return this.#turnTo(known) + known.add(delta)
    if (this.#calls.size > 0 && !this.#showing.parallel) return ""
    const call = functionCall(this.#say, this.#place("fc"), delta)
    this.#calls.set(delta.index, call)
    return this.#begin(call) + call.add(delta)
  }
}
