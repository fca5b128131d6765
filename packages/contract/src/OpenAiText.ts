/** OpenAI's older door for plain completions: the bodies that its SDKs send and expect. */
import { Schema } from "effect"
import { FinishReason, MaxTokens, ModelName } from "./Chat.ts"
import { common, CompletionUsage, nullable, refused } from "./OpenAi.ts"

/** Answers to one request at most: prompts times `n`. */
export const mostChoices = 32

/** Nodes tokenize by themselves, each model in its own way. */
export const Texts = Schema.Union([
  Schema.String,
  Schema.Array(Schema.String.annotate({ message: "expected text: tokens are not taken, as each model has its own" }))
])

export const TextCompletionRequest = Schema.Struct({
  model: ModelName,
  /** A list is answered with one choice each, or `n`. */
  prompt: Texts,
  max_tokens: nullable(MaxTokens),
  ...common,
  /** Begins each answer with its prompt. */
  echo: nullable(Schema.Boolean),
  /** As `n`: the best of more would have to be chosen by their log probabilities. */
  best_of: nullable(Schema.Int),
  suffix: refused("not supported: nodes only go on with a prompt", (value) => value === ""),
  logprobs: refused("not supported for plain completions: ask a chat for them")
})
export type TextCompletionRequest = typeof TextCompletionRequest.Type

export const TextCompletion = Schema.Struct({
  id: Schema.String,
  object: Schema.Literal("text_completion"),
  created: Schema.Int,
  model: Schema.String,
  choices: Schema.Array(
    Schema.Struct({
      index: Schema.Int,
      text: Schema.String,
      logprobs: Schema.Null,
      finish_reason: FinishReason
    })
  ),
  usage: CompletionUsage
})
export type TextCompletion = typeof TextCompletion.Type
