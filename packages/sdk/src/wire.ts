/**
 * The public API's data as they are on the wire, in plain types: nothing here needs `effect` to be read.
 *
 * `test/wire.test.ts` holds each type against the contract's schema, so that neither changes alone.
 */

export type Json = null | boolean | number | string | ReadonlyArray<Json> | { readonly [key: string]: Json }

export interface TextPart {
  readonly type: "text"
  readonly text: string
}

/** An image in the request itself, as a `data:` URL: addresses are not fetched. */
export interface ImagePart {
  readonly type: "image_url"
  readonly image_url: { readonly url: string; readonly detail?: "auto" | "low" | "high" }
}

export interface ToolCall {
  readonly id: string
  readonly type: "function"
  readonly function: { readonly name: string; readonly arguments: string }
}

export interface SystemMessage {
  readonly role: "system" | "developer"
  readonly content: string | ReadonlyArray<TextPart>
  readonly name?: string
}

export interface UserMessage {
  readonly role: "user"
  readonly content: string | ReadonlyArray<TextPart | ImagePart>
  readonly name?: string
}

export interface AssistantMessage {
  readonly role: "assistant"
  readonly content?: string | ReadonlyArray<TextPart> | null
  readonly tool_calls?: ReadonlyArray<ToolCall>
  readonly name?: string
}

export interface ToolMessage {
  readonly role: "tool"
  readonly content: string | ReadonlyArray<TextPart>
  readonly tool_call_id: string
}

export type Message = SystemMessage | UserMessage | AssistantMessage | ToolMessage

export interface Tool {
  readonly type: "function"
  readonly function: {
    readonly name: string
    readonly description?: string
    /** JSON Schema of the arguments. */
    readonly parameters?: { readonly [key: string]: Json }
    readonly strict?: boolean | null
  }
}

export type ToolChoice =
  | "none"
  | "auto"
  | "required"
  | { readonly type: "function"; readonly function: { readonly name: string } }

export type ResponseFormat =
  | { readonly type: "text" | "json_object" }
  | {
      readonly type: "json_schema"
      readonly json_schema: {
        readonly name: string
        readonly description?: string
        readonly schema?: { readonly [key: string]: Json }
        readonly strict?: boolean | null
      }
    }

/** What is asked of a model. Absent: `max_tokens` 512, `temperature` 0.7, `top_p` 1. */
export interface ChatParams {
  readonly model: string
  readonly messages: ReadonlyArray<Message>
  readonly max_tokens?: number
  readonly temperature?: number
  readonly top_p?: number
  /** Only the so many likeliest tokens; 0 is no limit. */
  readonly top_k?: number
  /** Only tokens at least so likely, as a share of the likeliest one's probability. */
  readonly min_p?: number
  readonly frequency_penalty?: number
  readonly presence_penalty?: number
  /** Divides the logits of tokens seen before; 1 is none. */
  readonly repetition_penalty?: number
  readonly stop?: string | ReadonlyArray<string>
  readonly seed?: number
  readonly logprobs?: boolean
  /** How many alternatives to tell beside each token; needs `logprobs`. */
  readonly top_logprobs?: number
  readonly tools?: ReadonlyArray<Tool>
  readonly tool_choice?: ToolChoice
  readonly response_format?: ResponseFormat
  /** The one node that may answer; without it, any. */
  readonly node_id?: string
  /** Seconds from the submission to the end; absent: 5 minutes to the first content and 30 in all. */
  readonly timeout_s?: number
  /** The most to pay for 1,000 output tokens, in micro-USDC: nodes that ask more are passed over. Absent: the list price. */
  readonly max_price_micros_per_1k?: number
  /** At most 16 pairs, given back with the job. */
  readonly metadata?: { readonly [key: string]: string }
}

/** Tokens as the backend counted them; a field that it does not tell is absent. */
export interface Usage {
  readonly prompt_tokens: number
  readonly completion_tokens: number
  readonly total_tokens: number
  readonly cached_tokens?: number
  readonly reasoning_tokens?: number
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter"

export type JobStatus = "pending" | "processing" | "completed" | "failed" | "cancelled"

/** Why a job ended without its answer. */
export type JobErrorCode =
  | "node_disconnected"
  | "timeout"
  | "backend_error"
  | "bad_request"
  | "no_capacity"
  | "internal_error"
  | "cancelled"

export interface JobAccepted {
  readonly id: string
  readonly status: JobStatus
  readonly model: string
  readonly created_at: string
}

export interface Alternative {
  readonly token: string
  /** Natural; -9999 where the backend tells none. */
  readonly logprob: number
  /** Its UTF-8 bytes, as a token may be a part of a character; null where the backend does not tell. */
  readonly bytes: ReadonlyArray<number> | null
}

export interface TokenLogprob extends Alternative {
  /** The likeliest tokens in its place, as many as were asked for. */
  readonly top_logprobs: ReadonlyArray<Alternative>
}

/** Of all tokens of an answer, or, in a stream, of those that came together. */
export interface Logprobs {
  readonly content: ReadonlyArray<TokenLogprob>
}

export interface JobResult {
  readonly content: string
  readonly reasoning?: string
  readonly tool_calls?: ReadonlyArray<ToolCall>
  /** Where they were asked for. */
  readonly logprobs?: Logprobs
  readonly finish_reason: FinishReason
  readonly usage: Usage
}

/** One dispatch of a job to one node. */
export interface Attempt {
  readonly id: string
  readonly node_id: string
  /** `done`, `lost`, or why it failed; null while it runs. */
  readonly outcome: string | null
  readonly started_at: string
  readonly finished_at?: string
  readonly usage?: Usage
  /** What of that is charged. */
  readonly billed?: {
    readonly prompt_tokens: number
    readonly completion_tokens: number
    readonly amount_micros: number
  }
}

export interface Job {
  readonly id: string
  readonly kind: "chat" | "completion" | "embedding"
  readonly status: JobStatus
  readonly model: string
  readonly created_at: string
  readonly node_id?: string
  readonly result?: JobResult
  /** What was done of a job that ended without a result. */
  readonly usage?: Usage
  readonly attempts: ReadonlyArray<Attempt>
  readonly metadata?: { readonly [key: string]: string }
  /** Millionths of a USDC. */
  readonly receipts: ReadonlyArray<{
    readonly id: string
    readonly status: "offered" | "signed" | "disputed" | "redeemed"
    readonly amount_micros: number
  }>
  readonly cost_micros: number
  readonly completed_at?: string
  readonly latency_ms?: number
  readonly ttft_ms?: number
  readonly error?: JobErrorCode
  readonly error_message?: string
}

export interface JobPage {
  readonly jobs: ReadonlyArray<Job>
  /** Where the next page begins; null on the last. */
  readonly next_cursor: string | null
}

export interface JobQuery {
  /** Jobs a page, 1 to 100; 20 without it. */
  readonly limit?: number
  readonly status?: JobStatus
  /** ISO 8601, UTC. */
  readonly since?: string
  readonly cursor?: string
}

export interface Model {
  /** The model without its quantisation, one name for all of its spellings. */
  readonly id: string
  readonly aliases: ReadonlyArray<string>
  readonly quantizations: ReadonlyArray<string>
  readonly digests: ReadonlyArray<string>
  /** Nodes online now that serve it. */
  readonly nodes: number
  readonly avg_tokens_per_second: number | null
  readonly ttft_ms_p50: number | null
  readonly context_length: number | null
  readonly capabilities: ReadonlyArray<Capability>
  /** The list price; 0 where payments are off. */
  readonly price: Price
  /** The lowest that a node asks for it now. */
  readonly lowest_price: Price
  readonly demo: boolean
}

/** Micro-USDC (millionths of a dollar) for 1,000 tokens. */
export interface Price {
  readonly input_micros_per_1k: number
  readonly output_micros_per_1k: number
}

/** What a job would cost, told before it is one. */
export interface Quote {
  readonly model: string
  /** `off`: nothing is charged. */
  readonly payments: "off" | "ledger" | "chain"
  /** The most that it may cost, in micro-USDC: held until it has ended. */
  readonly ceiling_micros: number
  /** The highest that its node may have. */
  readonly price: Price
  readonly lowest_price: Price
  /** An upper estimate. */
  readonly prompt_tokens: number
  readonly max_tokens: number
  /** Nodes that may answer it now. */
  readonly nodes: number
}

export type Capability = "chat" | "completion" | "embedding" | "tools" | "json" | "vision" | "logprobs" | "reasoning"

/** A piece of a tool call: the first of each `index` carries `id` and `name`, all carry text of the arguments. */
export interface ToolCallDelta {
  readonly index: number
  readonly id?: string
  readonly name?: string
  readonly arguments: string
}

/** A piece of an answer as it comes: just one of the fields is there. */
export type ChatEvent =
  | { readonly text: string; readonly reasoning?: never; readonly tool_call?: never; readonly logprobs?: never }
  | { readonly text?: never; readonly reasoning: string; readonly tool_call?: never; readonly logprobs?: never }
  | { readonly text?: never; readonly reasoning?: never; readonly tool_call: ToolCallDelta; readonly logprobs?: never }
  | { readonly text?: never; readonly reasoning?: never; readonly tool_call?: never; readonly logprobs: Logprobs }
