/** What is wrong with a record's content: a node wrote it, and whoever reads the log takes it for well-formed. */
import type { LinkRecord } from "@infernet/contract/LinkRecord"
import * as Vectors from "@infernet/contract/Vectors"
import { parseLogprobs } from "../job/logprobs.ts"
import { parseToolCallDelta } from "@infernet/contract/ToolCalls"

/** In words, if anything. `embeds`: whether vectors were asked for, and so nothing else. Runs once a token. */
export const malformation = ({ kind, text }: LinkRecord, embeds: boolean): string | undefined => {
  if ((kind === "embedding") !== embeds) return `${kind} was not asked for`
  switch (kind) {
    case "text":
    case "reasoning":
      return undefined
    case "tool_call":
      return parseToolCallDelta(text) === undefined ? "malformed tool call" : undefined
    case "logprobs":
      return parseLogprobs(text) === undefined ? "malformed logprobs" : undefined
    case "embedding":
      return Vectors.isRecord(text) ? undefined : "malformed embedding"
  }
}
