/** Ollama's doors. */
import type { Examples } from "./Example.ts"
import { sample } from "./sample.ts"

const { model } = sample
const messages = [{ role: "user", content: "What is the capital of France?" }]

export const ollama: Examples = {
  "ollama.chat": { stream: { body: { model, messages } }, whole: { body: { model, messages, stream: false } } },
  "ollama.generate": {
    whole: { body: { model, prompt: "What is the capital of France?", stream: false, options: { temperature: 0 } } }
  },
  "ollama.embed": { texts: { body: { model, input: ["Paris", "London"] } } },
  "ollama.embeddings": { text: { body: { model, prompt: "Paris" } } },
  "ollama.tags": { models: {} },
  "ollama.ps": { models: {} },
  "ollama.show": { model: { body: { model } } },
  "ollama.version": { version: {} },
  "ollama.pull": { refused: { body: { model } } },
  "ollama.push": { refused: { body: { model } } },
  "ollama.create": { refused: { body: { model: "mine", from: model } } },
  "ollama.copy": { refused: { body: { source: model, destination: "mine" } } },
  "ollama.delete": { refused: { body: { model } } }
}
