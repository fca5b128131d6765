/** What a receipt says of a request and its answer: hashes that client, node and control plane each compute for themselves. */
import type { JobRequest } from "@infernet/contract/JobRequest"
import type { Entry } from "@infernet/contract/LinkRecord"
import type { Hash } from "@infernet/contract/Receipt"
import { toolCallsOf } from "@infernet/contract/ToolCalls"
import { canonical } from "./canonical.ts"

/**
 * The kinds that make up an answer, in the order in which they are hashed. Log probabilities are not of them: they are
 * told about an answer, and only to those who ask.
 */
const hashed = ["text", "reasoning", "tool_call", "embedding"] as const
type HashedKind = (typeof hashed)[number]

/** How many bytes of each kind an answer has. */
export type ResponseBytes = Readonly<Record<HashedKind, number>>

/** By the runtime: prompts and answers may be megabytes. */
const sha256 = (parts: Iterable<string | Uint8Array>): Hash => {
  const hasher = new Bun.CryptoHasher("sha256")
  for (const part of parts) hasher.update(part)
  return `0x${hasher.digest("hex")}`
}

/** SHA-256 of the canonical JSON of a request as it was dispatched to the node. */
export const requestHash = (request: JobRequest): Hash => sha256([canonical(request)])

/** The same of one that came over a link, as JSON: with fields, too, that its receiver does not know yet. */
export const dispatchedHash = (request: unknown): Hash => sha256([canonical(request)])

const textsByKind = (entries: Iterable<Entry>) => {
  const texts: Record<Entry["kind"], Array<string>> = {
    text: [],
    reasoning: [],
    tool_call: [],
    logprobs: [],
    embedding: []
  }
  for (const { kind, text } of entries) texts[kind].push(text)
  return texts
}

/**
 * Records joined. Each goes over a link as UTF-8 of its own, which has no lone surrogates: so half a character at the
 * end of a record stays lost here as it does there.
 */
const joined = (texts: ReadonlyArray<string>): string =>
  texts.map((text) => (text.isWellFormed() ? text : text.toWellFormed())).join("")

/** Of each kind what does not depend on how it was cut into records; `undefined` where an answer has nothing of it. */
const contents = (entries: Iterable<Entry>): Readonly<Record<HashedKind, string | Uint8Array | undefined>> => {
  const { embedding, reasoning, text, tool_call } = textsByKind(entries)
  const calls = toolCallsOf(tool_call)
  return {
    text: joined(text) || undefined,
    reasoning: joined(reasoning) || undefined,
    tool_call: calls.length === 0 ? undefined : canonical(calls),
    embedding: embedding.length === 0 ? undefined : Buffer.concat(embedding.map((part) => Buffer.from(part, "base64")))
  }
}

/**
 * SHA-256 over an answer: for each kind that it has something of, `<kind> <bytes>\n` and then so many bytes.
 *
 * Text and reasoning are UTF-8, tool calls the canonical JSON of the finished calls in their order, embeddings the
 * vectors as float32, little end first. How the answer came in pieces does not show.
 */
export const responseHash = (entries: Iterable<Entry>): Hash => {
  const all = contents(entries)
  return sha256(
    hashed.flatMap((kind) => {
      const content = all[kind]
      return content === undefined ? [] : [`${kind} ${Buffer.byteLength(content)}\n`, content]
    })
  )
}

const bytes = (texts: ReadonlyArray<string>): number => texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0)

/** What an answer has of each kind, in bytes: of tool calls names and arguments, which is what a model wrote of them. */
export const responseBytes = (entries: Iterable<Entry>): ResponseBytes => {
  const { embedding, reasoning, text, tool_call } = textsByKind(entries)
  const calls = toolCallsOf(tool_call).flatMap(({ function: { arguments: args, name } }) => [name, args])
  const floats = embedding.reduce((sum, part) => sum + Buffer.byteLength(part, "base64"), 0)
  return { text: bytes(text), reasoning: bytes(reasoning), tool_call: bytes(calls), embedding: floats }
}
