/** How a piece of an answer is said at each of Ollama's doors, and what stands around it. */
import type { FinishReason, Usage } from "@infernet/contract/Chat"
import type { TokenLogprob } from "@infernet/contract/Logprobs"
import type { OllamaToolCall } from "@infernet/contract/OllamaAnswer"
import { DateTime } from "effect"
import { toolInput } from "../toolInput.ts"

export interface Said {
  readonly text?: string | undefined
  readonly thinking?: string | undefined
  readonly calls?: ReadonlyArray<OllamaToolCall>
  readonly logprobs?: ReadonlyArray<TokenLogprob> | undefined
}

/** The fields that hold what was said. */
export type Form = (said: Said) => object

const beside = ({ logprobs }: Said) => (logprobs === undefined ? {} : { logprobs })

export const chatForm: Form = (said) => ({
  message: {
    role: "assistant",
    content: said.text ?? "",
    ...(said.thinking === undefined ? {} : { thinking: said.thinking }),
    ...(said.calls === undefined ? {} : { tool_calls: said.calls })
  },
  ...beside(said)
})

export const generateForm: Form = (said) => ({
  response: said.text ?? "",
  ...(said.thinking === undefined ? {} : { thinking: said.thinking }),
  ...beside(said)
})

/** One request as its answer tells of it. */
export interface Asking {
  /** As the client spelt it. */
  readonly model: string
  readonly form: Form
  /** Whether what the model thought is shown. */
  readonly thoughts: boolean
  /** When it came, in milliseconds since 1970, and a clock to measure from then on. */
  readonly since: number
  readonly now: () => number
}

export const createdAt = (millis: number): string => DateTime.formatIso(DateTime.makeUnsafe(millis))

export const toolCall = (index: number, id: string, name: string, json: string): OllamaToolCall => ({
  id: id === "" ? `call_${index}` : id,
  function: { index, name, arguments: toolInput(json) }
})

export const nanosecondsSince = (since: number, now: number): number => (now - since) * 1_000_000

/** Where nobody saw the first word come, all of the time counts as the answer's. */
export const endOf = (
  { now, since }: Asking,
  reason: FinishReason,
  usage: Usage,
  firstAt: number | undefined = since
) => {
  const ended = now()
  return {
    done: true,
    done_reason: reason === "length" ? "length" : "stop",
    total_duration: nanosecondsSince(since, ended),
    load_duration: 0,
    prompt_eval_count: usage.prompt_tokens,
    ...(usage.cached_tokens === undefined ? {} : { prompt_eval_cached_count: usage.cached_tokens }),
    prompt_eval_duration: nanosecondsSince(since, firstAt),
    eval_count: usage.completion_tokens,
    // Clients divide by it.
    eval_duration: nanosecondsSince(Math.min(firstAt, ended - 1), ended)
  }
}

/** The answer to a request without a prompt, by which Ollama's clients load a model or unload it. */
export const nothing = ({ form, model, now }: Asking, keepAlive: string | number | null | undefined) => ({
  model,
  created_at: createdAt(now()),
  ...form({}),
  done: true,
  done_reason: keepAlive === 0 || /^0\D*$/.test(String(keepAlive)) ? "unload" : "load"
})
