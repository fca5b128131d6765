/**
 * Pieces of an answer as Anthropic's content blocks, which follow one another: each is begun, goes on and is ended
 * before the next.
 *
 * A node may mix the pieces of several tool calls. From the first piece on that comes while another call's arguments
 * are no whole JSON yet, all that is not of the open block waits until the end; it is no more than an attempt may say.
 */
import type { ToolCallDelta } from "@infernet/contract/Chat"
import type { Entry } from "../../job/JobLog.ts"
import { parseToolCallDelta } from "@infernet/contract/ToolCalls"
import type { JobFacts } from "../Exchange.ts"
import { JsonEnd } from "../JsonEnd.ts"
import { callId, type Telling } from "./message.ts"

export const event = (type: string, rest: string): string => `event: ${type}\ndata: {"type":"${type}"${rest}}\n\n`

type Open =
  | { readonly kind: "text" | "reasoning" }
  | { readonly kind: "tool_call"; readonly call: number; readonly json: JsonEnd }

const beginnings = {
  text: '{"type":"text","text":"","citations":null}',
  reasoning: '{"type":"thinking","thinking":"","signature":""}'
}

const delta = (kind: "text" | "reasoning", text: string): string =>
  kind === "text"
    ? `{"type":"text_delta","text":${JSON.stringify(text)}}`
    : `{"type":"thinking_delta","thinking":${JSON.stringify(text)}}`

export class Blocks {
  readonly #job: JobFacts
  readonly #telling: Telling
  #open: Open | undefined
  #index = -1
  /** Calls that were begun, by the node's number. */
  readonly #calls = new Set<number>()
  #waiting: Array<Entry> = []

  constructor(job: JobFacts, telling: Telling) {
    this.#job = job
    this.#telling = telling
  }

  /** Whether a tool was called. */
  get called(): boolean {
    return this.#calls.size > 0
  }

  /** The events that an entry makes; none for some. */
  take(entry: Entry): string {
    switch (entry.kind) {
      case "text":
        return entry.text === "" ? "" : this.#say("text", entry)
      case "reasoning":
        return entry.text === "" || !this.#telling.thoughts ? "" : this.#say("reasoning", entry)
      case "tool_call": {
        const piece = parseToolCallDelta(entry.text)
        return piece === undefined ? "" : this.#call(piece, entry)
      }
      default:
        return ""
    }
  }

  /** Ends what is open, after what waited: each call's pieces together, in the order in which they began. */
  end(): string {
    let text = this.#close()
    const rest = Map.groupBy(this.#waiting, ({ kind, text }) =>
      kind === "tool_call" ? parseToolCallDelta(text)?.index : kind
    )
    this.#waiting = []
    for (const entries of rest.values()) {
      for (const entry of entries) text += this.take(entry)
      text += this.#close()
    }
    return text
  }

  #say(kind: "text" | "reasoning", entry: Entry): string {
    if (this.#mustWait()) return this.#wait(entry)
    const begun = this.#open?.kind === kind ? "" : this.#close() + this.#begin({ kind }, beginnings[kind])
    return begun + this.#delta(delta(kind, entry.text))
  }

  #call(piece: ToolCallDelta, entry: Entry): string {
    const open = this.#open
    if (open?.kind === "tool_call" && open.call === piece.index) {
      open.json.add(piece.arguments)
      return this.#arguments(piece)
    }
    if (this.#mustWait()) return this.#wait(entry)
    // A call that was whole: there is nothing to add to it.
    if (this.#calls.has(piece.index)) return ""
    if (this.#telling.oneCall && this.#calls.size > 0) return ""
    const id = callId(this.#job, piece.id, this.#calls.size)
    this.#calls.add(piece.index)
    const facts = { type: "tool_use", id, name: piece.name ?? "", input: {}, caller: { type: "direct" } }
    const closed = this.#close()
    const json = new JsonEnd()
    json.add(piece.arguments)
    const begun = this.#begin({ kind: "tool_call", call: piece.index, json }, JSON.stringify(facts))
    return closed + begun + this.#arguments(piece)
  }

  #arguments({ arguments: json }: ToolCallDelta): string {
    return json === "" ? "" : this.#delta(`{"type":"input_json_delta","partial_json":${JSON.stringify(json)}}`)
  }

  #mustWait(): boolean {
    return this.#waiting.length > 0 || (this.#open?.kind === "tool_call" && !this.#open.json.reached)
  }

  #wait(entry: Entry): string {
    this.#waiting.push(entry)
    return ""
  }

  #begin(open: Open, block: string): string {
    this.#open = open
    this.#index += 1
    return event("content_block_start", `,"index":${this.#index},"content_block":${block}`)
  }

  #delta(text: string): string {
    return event("content_block_delta", `,"index":${this.#index},"delta":${text}`)
  }

  #close(): string {
    if (this.#open === undefined) return ""
    this.#open = undefined
    return event("content_block_stop", `,"index":${this.#index}`)
  }
}
