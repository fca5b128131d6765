/** What a request needs of whoever is to answer it, beyond its model. */
import type { ChatRequest, Message } from "@infernet/contract/Chat"
import { type JobRequest, kindOf } from "@infernet/contract/JobRequest"
import { Capability } from "@infernet/contract/Node"

export interface Needs {
  /** Facts: without one of these a node cannot answer. */
  readonly capabilities: ReadonlyArray<Capability>
  /**
   * Tokens that the prompt is likely to take, an estimate: nodes with a shorter context are passed over for others, but
   * where there is none else the backend knows whether it fits.
   */
  readonly contextLength: number
}

const hasImage = ({ content }: Message): boolean =>
  Array.isArray(content) && content.some((part) => part.type === "image_url")

/** Only to a power of two, downwards: those who wait for the same kind of place are to be told by few sizes. */
const roughly = (tokens: number): number => 2 ** Math.floor(Math.log2(Math.max(1, tokens)))

const chatNeeds = ({ logprobs, messages, response_format: format, tools }: ChatRequest): ReadonlyArray<Capability> => {
  const capabilities: Array<Capability> = ["chat"]
  if (messages.some(hasImage)) capabilities.push("vision")
  if (tools !== undefined && tools.length > 0) capabilities.push("tools")
  if (format !== undefined && format.type !== "text") capabilities.push("json")
  if (logprobs === true) capabilities.push("logprobs")
  return capabilities
}

/** `promptTokens` is an estimate, of what must fit the context at once. */
export const needsOf = (request: JobRequest, promptTokens: number): Needs => ({
  capabilities: "messages" in request ? chatNeeds(request) : [kindOf(request)],
  contextLength: roughly(promptTokens)
})

/** Capabilities as bits, for comparing many offers with one request. */
export const bitsOf = (capabilities: ReadonlyArray<Capability>): number =>
  capabilities.reduce((bits, capability) => bits | (1 << Capability.literals.indexOf(capability)), 0)
