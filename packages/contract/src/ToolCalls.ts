/** Tool calls as they come: pieces as the JSON of `tool_call` records, which a node wrote, so nothing about it is believed. */
import type { ToolCall, ToolCallDelta } from "./Chat.ts"

/** The delta, or `undefined` when the text is not one. */
export const parseToolCallDelta = (text: string): ToolCallDelta | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== "object" || value === null) return undefined
  const { arguments: args, id, index, name } = value as Record<string, unknown>
  if (!Number.isInteger(index) || typeof args !== "string") return undefined
  if (id !== undefined && typeof id !== "string") return undefined
  if (name !== undefined && typeof name !== "string") return undefined
  return {
    index: index as number,
    ...(id === undefined ? {} : { id }),
    ...(name === undefined ? {} : { name }),
    arguments: args
  }
}

/** A call whose pieces are joined as they come. */
interface Call {
  id: string
  name: string
  arguments: string
}

/** The calls that these records make up, in the order of their indexes; a record that is none is left out. */
export const toolCallsOf = (records: Iterable<string>): ReadonlyArray<ToolCall> => {
  const calls = new Map<number, Call>()
  for (const text of records) {
    const delta = parseToolCallDelta(text)
    if (delta === undefined) continue
    const call = calls.get(delta.index) ?? { id: "", name: "", arguments: "" }
    calls.set(delta.index, call)
    call.id = delta.id ?? call.id
    call.name = delta.name ?? call.name
    call.arguments += delta.arguments
  }
  return [...calls.entries()]
    .sort(([a], [b]) => a - b)
    .map(([, { id, name, arguments: args }]) => ({ id, type: "function", function: { name, arguments: args } }))
}
