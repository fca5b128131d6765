/** How many output tokens a compatible door asks for when its client does not say. */
import type { Message } from "@infernet/contract/Chat"
import { promptTokens } from "@infernet/routing/promptSize"

/** What the context leaves, at most this. */
const most = 4_096

/**
 * What a prompt leaves of a context, give or take: its size is an estimate, and backends refuse what does not fit, so a
 * quarter is added. An eighth of the context is asked for in any case: the backend knows whether that fits, and an
 * answer cut after one word would be worse than its refusal.
 */
const roomFor = (promptTokens: number, contextLength: number): number =>
  Math.max(Math.ceil(contextLength / 8), contextLength - Math.ceil(1.25 * promptTokens))

/** The context that every node has for a model: the smallest, in tokens. */
export const leastContext = (offers: ReadonlyArray<{ readonly context_length?: number | undefined }>): number =>
  offers.reduce((least, { context_length }) => Math.min(least, context_length ?? most), 1_000_000)

/** As many output tokens as a client asks for at most, where its protocol makes it say something however large. */
export const cutToRoom = (asked: number, promptTokens: number, contextLength: number | undefined): number =>
  contextLength === undefined ? asked : Math.min(asked, roomFor(promptTokens, contextLength))

/** As `leastContext`, of those nodes that tell it. */
export const leastToldContext = (
  offers: ReadonlyArray<{ readonly context_length?: number | undefined }>
): number | undefined => {
  const told = offers.flatMap(({ context_length }) => context_length ?? [])
  return told.length === 0 ? undefined : Math.min(...told)
}

/** Output tokens of a client that says nothing of them, by what its prompt is likely to leave of the context. */
export const defaultRoom = (promptTokens: number, contextLength: number): number =>
  Math.min(most, roomFor(promptTokens, contextLength))

export const defaultMaxTokens = (messages: ReadonlyArray<Message>, contextLength: number): number =>
  defaultRoom(promptTokens(messages), contextLength)
