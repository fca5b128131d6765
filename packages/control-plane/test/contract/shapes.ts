/** How each door says that it refuses. */
import { expect } from "bun:test"
import type { Operation } from "./operations.ts"
import type { Received } from "./people.ts"

const ours = { error: expect.stringMatching(/^[a-z_]+$/), error_message: expect.stringMatching(/\S.{8}/) }
const sentence = expect.stringMatching(/\S.{8}/)

const shapes: Readonly<Record<string, object>> = {
  openai: { error: { message: sentence, type: expect.any(String), code: expect.any(String) } },
  responses: { error: { message: sentence, type: expect.any(String), code: expect.any(String) } },
  anthropic: { type: "error", error: { type: expect.any(String), message: sentence }, request_id: expect.any(String) },
  ollama: { error: sentence }
}

/** The refusal's form, by its door and, where a path is of two doors, by what the client says it is. */
export const shapeOf = ({ group }: Operation, headers: Readonly<Record<string, string>>): object =>
  group === "openai" && "anthropic-version" in headers ? (shapes["anthropic"] ?? ours) : (shapes[group] ?? ours)

export const parsed = ({ text }: Received): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return `no JSON: ${text.slice(0, 200)}`
  }
}
