/** How a server spells the request fields that are not OpenAI's, or that it reads otherwise than OpenAI. */
import type { ChatRequest } from "@infernet/contract/Chat"
import type { CompletionRequest } from "@infernet/contract/Completion"

export type RequestBody = Readonly<Record<string, unknown>>

export interface Dialect {
  /** Its words for `repetition_penalty`; two where the server behind a proxy may know either and ignores the other. */
  readonly repetitionPenalty: ReadonlyArray<"repetition_penalty" | "repeat_penalty">
  /** Whether `tool_choice` may name a function; else that is said by leaving the other tools out. */
  readonly namedToolChoice: boolean
  /** How many bits of `seed` it keeps; the value of all ones asks llama.cpp for a random one. */
  readonly seedBits: 32 | 64
  /** Whether it keeps stop sequences out of its text; MAX streams them, and a token more. */
  readonly cutsStops: boolean
}

/** The request's stop sequences that are any. */
export const stopsOf = ({ stop }: Pick<ChatRequest, "stop">): ReadonlyArray<string> =>
  (typeof stop === "string" ? [stop] : (stop ?? [])).filter((text) => text !== "")

/** Spread over the values that a server keeps, so that equal seeds stay equal and no value means "random". */
const narrowed = (seed: number): number => Math.abs(seed) % 0xffff_ffff

/** The request with the fields that chats and plain completions share in its words. */
export const decoding = (request: Partial<ChatRequest & CompletionRequest>, dialect: Dialect): RequestBody => {
  const { repetition_penalty: penalty, seed, top_k: topK, ...plain } = request
  return {
    ...plain,
    ...(penalty !== undefined && Object.fromEntries(dialect.repetitionPenalty.map((name) => [name, penalty]))),
    // "No limit" is 0 to us, -1 to all of them; SGLang refuses 0.
    ...(topK !== undefined && { top_k: topK === 0 ? -1 : topK }),
    ...(seed !== undefined && { seed: dialect.seedBits === 32 ? narrowed(seed) : seed })
  }
}
