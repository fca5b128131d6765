/** What a network answered to each example: recorded by `bun scripts/api-examples.ts`, and held true by a test. */
import recorded from "./answers.json" with { type: "json" }
import type { Answers } from "./Example.ts"

export const answers: Answers = recorded
