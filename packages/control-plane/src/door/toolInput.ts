/** A tool call's arguments, which models write as JSON, as the object that some protocols have for it. */
import type { Schema } from "effect"
import { isTooDeep } from "../http/body.ts"

/**
 * A model may write what is no JSON, or no object, and must be shown that it did when the call comes back to it: it is
 * then the one field `INVALID_JSON`, which is how Anthropic advises to say so.
 */
export const toolInput = (text: string): { readonly [field: string]: Schema.Json } => {
  if (text === "") return {}
  // What it would take seconds to write again, if it could be.
  if (isTooDeep(text)) return { INVALID_JSON: text }
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value }
  } catch {
    // Told below.
  }
  return { INVALID_JSON: text }
}
