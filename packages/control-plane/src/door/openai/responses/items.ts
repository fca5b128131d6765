/** The items of an answer while they are written: the events of each, and what it has come to. */
import type { ToolCallDelta } from "@infernet/contract/Chat"
import type { ItemStatus, OutputItem, OutputLogprob } from "@infernet/contract/ResponseObject"

/** An event of this type with the next number; `fields` are the rest of its JSON, without braces. */
export type Say = (type: string, fields: string) => string

/** Where an item stands: its id, and its place in the output. */
export interface Place {
  readonly id: string
  readonly index: number
}

interface Written {
  readonly open: () => string
  /** May come again, where more was added after all. */
  readonly close: (status: ItemStatus) => string
  readonly written: (status: ItemStatus) => OutputItem
}

export interface TextItem extends Written {
  readonly kind: "text" | "reasoning"
  readonly add: (text: string, logprobs: ReadonlyArray<OutputLogprob>) => string
}

export interface CallItem extends Written {
  readonly kind: "tool_call"
  readonly add: (delta: ToolCallDelta) => string
}

export type Item = TextItem | CallItem

/** `begun` is the item before it has content. */
const added = (say: Say, { index }: Place, begun: OutputItem): string =>
  say("response.output_item.added", `"output_index":${index},"item":${JSON.stringify(begun)}`)

const done = (say: Say, { index }: Place, item: OutputItem): string =>
  say("response.output_item.done", `"output_index":${index},"item":${JSON.stringify(item)}`)

export const message = (say: Say, place: Place): TextItem => {
  const { id, index } = place
  const at = `"item_id":${JSON.stringify(id)},"output_index":${index},"content_index":0`
  const logprobs: Array<OutputLogprob> = []
  let text = ""
  const facts = { id, type: "message", role: "assistant" } as const
  const part = () => ({ type: "output_text" as const, text, annotations: [], logprobs })
  const written = (status: ItemStatus) => ({ ...facts, status, content: [part()] })
  return {
    kind: "text",
    written,
    open: () =>
      added(say, place, { ...facts, status: "in_progress", content: [] }) +
      say("response.content_part.added", `${at},"part":${JSON.stringify(part())}`),
    add: (delta, more) => {
      text += delta
      if (more.length > 0) logprobs.push(...more)
      const told = more.length === 0 ? "[]" : JSON.stringify(more)
      return say("response.output_text.delta", `${at},"delta":${JSON.stringify(delta)},"logprobs":${told}`)
    },
    close: (status) =>
      say("response.output_text.done", `${at},"text":${JSON.stringify(text)},"logprobs":${JSON.stringify(logprobs)}`) +
      say("response.content_part.done", `${at},"part":${JSON.stringify(part())}`) +
      done(say, place, written(status))
  }
}

/** How the events of thoughts are called: shown as they are, or as the summary that was asked for. */
const forms = {
  content: { part: "content_part", text: "reasoning_text", type: "reasoning_text", index: "content_index" },
  summary: {
    part: "reasoning_summary_part",
    text: "reasoning_summary_text",
    type: "summary_text",
    index: "summary_index"
  }
} as const

export const reasoning = (say: Say, place: Place, form: keyof typeof forms): TextItem => {
  const { id, index } = place
  const names = forms[form]
  const at = `"item_id":${JSON.stringify(id)},"output_index":${index},"${names.index}":0`
  let text = ""
  const facts = { id, type: "reasoning" } as const
  const part = () => `"part":${JSON.stringify({ type: names.type, text })}`
  const written = (status: ItemStatus): OutputItem =>
    form === "summary"
      ? { ...facts, status, summary: [{ type: "summary_text", text }] }
      : { ...facts, status, summary: [], content: [{ type: "reasoning_text", text }] }
  return {
    kind: "reasoning",
    written,
    open: () =>
      added(say, place, { ...facts, status: "in_progress", summary: [] }) +
      say(`response.${names.part}.added`, `${at},${part()}`),
    add: (delta) => {
      text += delta
      return say(`response.${names.text}.delta`, `${at},"delta":${JSON.stringify(delta)}`)
    },
    close: (status) =>
      say(`response.${names.text}.done`, `${at},"text":${JSON.stringify(text)}`) +
      say(`response.${names.part}.done`, `${at},${part()}`) +
      done(say, place, written(status))
  }
}

/** `first` is the piece that begins the call: it names it. */
export const functionCall = (say: Say, place: Place, first: ToolCallDelta): CallItem => {
  const { id, index } = place
  const at = `"item_id":${JSON.stringify(id)},"output_index":${index}`
  const facts = { id, type: "function_call", call_id: first.id || `call_${id}` } as const
  let name = first.name ?? ""
  let args = ""
  const written = (status: ItemStatus) => ({ ...facts, status, name, arguments: args })
  return {
    kind: "tool_call",
    written,
    open: () => added(say, place, written("in_progress")),
    add: (delta) => {
      name = delta.name ?? name
      args += delta.arguments
      if (delta.arguments === "") return ""
      return say("response.function_call_arguments.delta", `${at},"delta":${JSON.stringify(delta.arguments)}`)
    },
    close: (status) =>
      say(
        "response.function_call_arguments.done",
        `${at},"name":${JSON.stringify(name)},"arguments":${JSON.stringify(args)}`
      ) + done(say, place, written(status))
  }
}
