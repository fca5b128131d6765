/** OpenAI's doors. */
import type { Examples } from "./Example.ts"
import { sample } from "./sample.ts"

const { model } = sample
const messages = [{ role: "user", content: "What is the capital of France?" }]
const one = { path: { id: sample.response } }

export const openai: Examples = {
  "openai.chatCompletions": {
    chat: { body: { model, messages, max_completion_tokens: 64 } },
    stream: { body: { model, messages, stream: true, stream_options: { include_usage: true } } }
  },
  "openai.completions": { prompt: { body: { model, prompt: "The capital of France is", max_tokens: 8 } } },
  "openai.embeddings": { texts: { body: { model, input: ["Paris", "London"] } } },
  "openai.models": { openai: {}, anthropic: { headers: { "anthropic-version": "2023-06-01" } } },
  "openai.model": {
    openai: { path: { id: model } },
    anthropic: { path: { id: model }, headers: { "anthropic-version": "2023-06-01" } }
  },
  "responses.create": {
    response: { body: { model, instructions: "You are brief.", input: "What is the capital of France?" } },
    stream: { body: { model, input: "What is the capital of France?", stream: true } }
  },
  "responses.retrieve": { response: one },
  "responses.cancel": { response: one },
  "responses.remove": { response: one }
}
