/** What Ollama's clients send. What is not named here is ignored, as Ollama itself does. */
import { Schema } from "effect"
import { EmbeddingRequest } from "./Embedding.ts"
import { decoding, ModelName, sampling, ToolCall, Tool as ChatTool } from "./Chat.ts"

const nullable = <A extends Schema.Constraint>(schema: A) => Schema.optionalKey(Schema.NullOr(schema))

const isNothing = (value: unknown): boolean =>
  value === null || value === "" || value === false || (Array.isArray(value) && value.length === 0)

/** Accepted only where it asks for nothing. */
const refused = (reason: string) =>
  Schema.optionalKey(Schema.Unknown.check(Schema.makeFilter((value) => isNothing(value) || reason)))

/**
 * How to choose tokens. The options of the server that runs a model (`num_ctx`, `num_batch`, `num_gpu`, `main_gpu`,
 * `use_mmap`, `num_thread`, `draft_num_predict`) are its operator's to choose and are ignored here, as are
 * `num_keep`, `repeat_last_n`, `typical_p` and the mirostat family, for which most backends have no word.
 */
const Options = Schema.Struct({
  num_predict: nullable(Schema.Int),
  temperature: nullable(decoding.temperature.schema),
  top_k: nullable(decoding.top_k.schema),
  top_p: nullable(decoding.top_p.schema),
  min_p: nullable(decoding.min_p.schema),
  repeat_penalty: nullable(decoding.repetition_penalty.schema),
  presence_penalty: nullable(decoding.presence_penalty.schema),
  frequency_penalty: nullable(decoding.frequency_penalty.schema),
  seed: nullable(Schema.Int),
  stop: nullable(Schema.Union([Schema.String, Schema.Array(Schema.String).check(Schema.isMaxLength(8))]))
})
export type Options = typeof Options.Type

/** The beginnings of what an image may be, in base64. */
const imageTypes = [
  ["/9j/", "jpeg"],
  ["iVBOR", "png"],
  ["R0lGOD", "gif"],
  ["UklGR", "webp"]
] as const

export const imageTypeOf = (base64: string): string | undefined =>
  imageTypes.find(([beginning]) => base64.startsWith(beginning))?.[1]

const Image = Schema.String.check(
  Schema.makeFilter((text) => imageTypeOf(text) !== undefined || "expected a JPEG, PNG, GIF or WebP image in base64")
)

const content = Schema.optionalKey(Schema.String)

export const OllamaMessage = Schema.Union([
  Schema.Struct({ role: Schema.Literal("system"), content }),
  Schema.Struct({ role: Schema.Literal("user"), content, images: nullable(Schema.Array(Image)) }),
  Schema.Struct({
    role: Schema.Literal("assistant"),
    content,
    tool_calls: nullable(
      Schema.Array(
        Schema.Struct({
          id: Schema.optionalKey(ToolCall.fields.id),
          function: Schema.Struct({ name: Schema.String, arguments: Schema.Record(Schema.String, Schema.Json) })
        })
      )
    )
  }),
  Schema.Struct({
    role: Schema.Literal("tool"),
    content,
    tool_name: Schema.optionalKey(Schema.String),
    tool_call_id: Schema.optionalKey(Schema.String)
  })
])
export type OllamaMessage = typeof OllamaMessage.Type

const Format = Schema.Union([
  Schema.Literals(["", "json"]).annotate({ message: 'expected "json" or a JSON schema' }),
  Schema.Record(Schema.String, Schema.Json)
])
export type Format = typeof Format.Type

const Think = Schema.Union([Schema.Boolean, Schema.String])

const answering = {
  model: ModelName,
  stream: nullable(Schema.Boolean),
  format: nullable(Format),
  options: nullable(Options),
  /** How much a model thinks is its own affair; `false` leaves it out of the answer. */
  think: nullable(Think),
  logprobs: nullable(Schema.Boolean),
  top_logprobs: nullable(sampling.top_logprobs.schema),
  /** How long a model stays loaded is its node's to say: 0 only tells what kind of nothing an empty request wants. */
  keep_alive: nullable(Schema.Union([Schema.String, Schema.Finite])),
  _debug_render_only: refused("templates are the nodes' own, and are not shown")
}

/** Body of `POST /api/chat`. */
export const OllamaChatRequest = Schema.Struct({
  ...answering,
  messages: nullable(Schema.Array(OllamaMessage).check(Schema.isMaxLength(4096))),
  tools: nullable(
    Schema.Array(
      Schema.Struct({
        type: Schema.Literal("function"),
        function: Schema.Struct({
          name: ChatTool.fields.function.fields.name,
          description: Schema.optionalKey(Schema.String),
          parameters: nullable(Schema.Record(Schema.String, Schema.Json))
        })
      })
    ).check(Schema.isMaxLength(1024))
  )
})
export type OllamaChatRequest = typeof OllamaChatRequest.Type

/** Body of `POST /api/generate`. */
export const OllamaGenerateRequest = Schema.Struct({
  ...answering,
  prompt: nullable(Schema.String),
  system: nullable(Schema.String),
  images: nullable(Schema.Array(Image)),
  /** The prompt as it stands, without a template. */
  raw: nullable(Schema.Boolean),
  suffix: refused("filling a gap is not offered: most backends cannot"),
  template: refused("a model's own template is used: send a raw prompt instead"),
  context: refused("no tokens are kept: send the conversation to /api/chat")
})
export type OllamaGenerateRequest = typeof OllamaGenerateRequest.Type

/** Empty where a client of Go's has nothing to say. */
const Named = Schema.optionalKey(Schema.Union([Schema.Literal(""), ModelName]))

/** Body of `POST /api/show`; `name` is what `model` was called before. */
export const OllamaShowRequest = Schema.Struct({ model: Named, name: Named })

const Texts = Schema.Union([Schema.String, Schema.Array(Schema.String)])

/** Body of `POST /api/embed`. A text that is too long is refused, whatever `truncate` says. */
export const OllamaEmbedRequest = Schema.Struct({
  model: ModelName,
  input: Texts,
  dimensions: nullable(EmbeddingRequest.fields.dimensions.schema)
})
export type OllamaEmbedRequest = typeof OllamaEmbedRequest.Type

/** Body of `POST /api/embeddings`, which came before `/api/embed`. */
export const OllamaEmbeddingsRequest = Schema.Struct({ model: ModelName, prompt: Schema.String })
export type OllamaEmbeddingsRequest = typeof OllamaEmbeddingsRequest.Type
