/** Reads the JSON of a tool-call record. A node wrote it, so nothing about it is believed. */
import type { ToolCallDelta } from "@infernet/contract/Chat"

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
