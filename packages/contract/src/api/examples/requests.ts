/** All examples of requests: one or more for each operation. */
import { accounts } from "./accounts.ts"
import { anthropic } from "./anthropic.ts"
import type { Examples } from "./Example.ts"
import { jobs } from "./jobs.ts"
import { nodes } from "./nodes.ts"
import { ollama } from "./ollama.ts"
import { openai } from "./openai.ts"

export const requests: Examples = { ...jobs, ...nodes, ...accounts, ...openai, ...anthropic, ...ollama }
