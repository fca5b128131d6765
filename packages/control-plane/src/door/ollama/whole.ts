/** Ollama's answers in one piece. */
import type { JobResult } from "@infernet/contract/Job"
import type { JobFacts } from "../Exchange.ts"
import { type Asking, createdAt, endOf, toolCall } from "./form.ts"

export const whole =
  (asking: Asking) =>
  (_job: JobFacts, { content, finish_reason, logprobs, reasoning, tool_calls: calls, usage }: JobResult): object => ({
    model: asking.model,
    created_at: createdAt(asking.now()),
    ...asking.form({
      text: content,
      thinking: asking.thoughts ? reasoning : undefined,
      logprobs: logprobs?.content,
      ...(calls === undefined
        ? {}
        : { calls: calls.map(({ function: { arguments: json, name }, id }, i) => toolCall(i, id, name, json)) })
    }),
    ...endOf(asking, finish_reason, usage)
  })
