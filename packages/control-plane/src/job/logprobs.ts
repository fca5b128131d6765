/** Reads the JSON of a logprobs record. A node wrote it, so nothing about it is believed. */
import type { Logprobs, TokenLogprob } from "@infernet/contract/Logprobs"

/** OpenAI's word for a token that is too unlikely to tell how much. */
const untold = -9999

const isByte = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0 && Number(value) < 256

type Alternative = TokenLogprob["top_logprobs"][number]

const alternativeOf = (value: unknown): Alternative | undefined => {
  if (typeof value !== "object" || value === null) return undefined
  const { bytes = null, logprob = null, token } = value as Record<string, unknown>
  if (typeof token !== "string" || (logprob !== null && !Number.isFinite(logprob))) return undefined
  if (bytes !== null && !(Array.isArray(bytes) && bytes.every(isByte))) return undefined
  return { token, logprob: logprob === null ? untold : (logprob as number), bytes }
}

const tokenOf = (value: unknown): TokenLogprob | undefined => {
  const token = alternativeOf(value)
  if (token === undefined) return undefined
  const { top_logprobs: said = [] } = value as Record<string, unknown>
  if (!Array.isArray(said)) return undefined
  const top = said.map(alternativeOf).filter((one) => one !== undefined)
  return top.length === said.length ? { ...token, top_logprobs: top } : undefined
}

/** Plain code: it runs once a token where a client has asked for them. `undefined` when the text is something else. */
export const parseLogprobs = (text: string): Logprobs | undefined => {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch {
    return undefined
  }
  if (typeof value !== "object" || value === null) return undefined
  const { content: said } = value as Record<string, unknown>
  if (!Array.isArray(said)) return undefined
  const content = said.map(tokenOf).filter((one) => one !== undefined)
  return content.length === said.length ? { content } : undefined
}
