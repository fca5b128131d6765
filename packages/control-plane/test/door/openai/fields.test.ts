/** What the newest client may send: its types have all that OpenAI documents, so the compiler tells what is left out. */
import { expect, test } from "bun:test"
import { ChatCompletionRequest, ignored } from "@infernet/contract/OpenAi"
import { EmbeddingsRequest } from "@infernet/contract/OpenAiEmbedding"
import { TextCompletionRequest } from "@infernet/contract/OpenAiText"
import type { ChatCompletionCreateParams, CompletionCreateParams, EmbeddingCreateParams } from "openai/resources"

type Ignored = (typeof ignored)[number]
type Undecided<Documented, Taken> = Exclude<keyof Documented, keyof Taken | Ignored>

/** No field, or the name of one that nobody has decided on. */
type Left =
  | Undecided<ChatCompletionCreateParams, ChatCompletionRequest>
  | Undecided<CompletionCreateParams, TextCompletionRequest>
  | Undecided<EmbeddingCreateParams, EmbeddingsRequest>
const left: [Left] extends [never] ? true : Left = true

test("each field that OpenAI documents is taken, refused by name, or ignored on purpose", () => {
  expect(left).toBe(true)
  const doors = [ChatCompletionRequest, TextCompletionRequest, EmbeddingsRequest]
  const taken = new Set(doors.flatMap(({ fields }) => Object.keys(fields)))
  expect(ignored.filter((field) => taken.has(field))).toEqual([])
})
