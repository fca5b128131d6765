/** Anthropic's doors. */
import type { Examples } from "./Example.ts"
import { sample } from "./sample.ts"

const { model } = sample
const messages = [{ role: "user", content: "What is the capital of France?" }]

export const anthropic: Examples = {
  "anthropic.messages": {
    message: { body: { model, max_tokens: 64, system: "You are brief.", messages } },
    stream: { body: { model, max_tokens: 64, messages, stream: true } }
  },
  "anthropic.countTokens": { prompt: { body: { model, messages } } }
}
