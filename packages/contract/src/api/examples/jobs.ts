/** Jobs, and what there is to ask. */
import type { Examples } from "./Example.ts"
import { sample } from "./sample.ts"

const messages = [
  { role: "system", content: "You are brief." },
  { role: "user", content: "What is the capital of France?" }
]

export const jobs: Examples = {
  "jobs.submit": {
    job: {
      headers: { "idempotency-key": "order-1138" },
      body: { model: sample.model, messages, max_tokens: 64, temperature: 0.2, metadata: { customer: "1138" } }
    },
    stream: { body: { model: sample.model, messages, stream: true } }
  },
  "jobs.list": { page: { query: { limit: "20", status: "completed", since: "2026-11-01T00:00:00Z" } } },
  "jobs.get": { job: { path: { id: sample.job } } },
  "jobs.stream": { resumed: { path: { id: sample.job }, headers: { "last-event-id": "1" } } },
  "jobs.cancel": { job: { path: { id: sample.job } } },
  "receipts.get": { receipt: { path: { id: sample.receipt } } },
  "receipts.list": { page: { query: { job_id: sample.job, status: "signed", limit: "20" } } },
  "quotes.quote": {
    job: { body: { model: sample.model, messages, max_tokens: 64, max_price_micros_per_1k: 1_500 } }
  },
  "models.list": { models: {} }
}
