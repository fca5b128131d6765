/** One chat over the job API, its text as it comes. */
import { JobView } from "@infernet/contract/Job"
import { numberOf } from "@infernet/contract/Micros"
import { Clock, Effect, Schema, Stream } from "effect"
import { Sse } from "effect/encoding"
import { HttpClientRequest } from "effect/http"
import { Failure } from "../terminal/exit.ts"
import { decode, send } from "./api.ts"
import type { Target } from "./Target.ts"

export interface Chat {
  readonly model: string
  readonly messages: ReadonlyArray<{ readonly role: "system" | "user"; readonly content: string }>
  readonly maxTokens: number | undefined
  /** The one node that may answer; without it, any. */
  readonly node?: string
  /** The most to pay for 1,000 output tokens, in micro-USDC; without it, the list price. */
  readonly maxPrice?: bigint | undefined
}

/** As `POST /api/v1/jobs` and quotes take it. */
export const bodyOf = ({ maxPrice, maxTokens, messages, model, node }: Chat) => ({
  model,
  messages,
  ...(node !== undefined && { node_id: node }),
  ...(maxPrice !== undefined && { max_price_micros_per_1k: numberOf(maxPrice) }),
  ...(maxTokens !== undefined && { max_tokens: maxTokens })
})

export type Answer = Effect.Success<ReturnType<typeof chat>>

const Frame = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ text: Schema.String }),
    Schema.Struct({ reasoning: Schema.String }),
    Schema.Struct({ error: Schema.String, message: Schema.String }),
    Schema.Record(Schema.String, Schema.Unknown)
  ])
)

/** A piece of an answer; what a model thinks before it speaks is `reasoning`. */
export type OnPiece = (kind: "text" | "reasoning", text: string) => Effect.Effect<void>

/** Calls `onPiece` for each piece; answers the finished job's id and what was measured here, in milliseconds. */
export const chat = Effect.fnUntraced(function* (target: Target, chat: Chat, onPiece: OnPiece) {
  const started = yield* Clock.currentTimeMillis
  const request = yield* Effect.orDie(
    HttpClientRequest.bodyJson(HttpClientRequest.post("/api/v1/jobs"), { ...bodyOf(chat), stream: true })
  )
  const response = yield* send(target, request)
  let first: number | undefined
  let finished = false

  const take = Effect.fnUntraced(function* (data: string) {
    if (data === "[DONE]") {
      finished = true
      return
    }
    const frame = yield* Effect.mapError(
      Schema.decodeUnknownEffect(Frame)(data),
      () => new Failure({ message: "the stream is not of the form this version knows" })
    )
    if ("message" in frame) return yield* new Failure({ message: String(frame.message) })
    first ??= yield* Clock.currentTimeMillis
    if ("text" in frame) yield* onPiece("text", String(frame.text))
    if ("reasoning" in frame) yield* onPiece("reasoning", String(frame.reasoning))
  })

  yield* response.stream.pipe(
    Stream.decodeText(),
    Stream.pipeThroughChannel(Sse.decode()),
    Stream.runForEach((event) => take(event.data)),
    Effect.mapError((error) =>
      error instanceof Failure ? error : new Failure({ message: "the stream broke off: try again" })
    )
  )
  if (!finished) return yield* new Failure({ message: "the stream ended before the answer did: try again" })
  const ended = yield* Clock.currentTimeMillis
  const id = response.headers["x-infernet-job"] ?? ""
  return { id, firstTokenMillis: (first ?? ended) - started, totalMillis: ended - started }
})

/** The whole of a finished job: its text, usage and receipts. */
export const jobOf = (target: Target, { id }: Answer) =>
  Effect.flatMap(send(target, HttpClientRequest.get(`/api/v1/jobs/${encodeURIComponent(id)}`)), decode(JobView))

/** Tokens a second after the first one; none where there are too few to tell. */
export const speedOf = (answer: Answer, tokens: number): number | undefined => {
  const seconds = (answer.totalMillis - answer.firstTokenMillis) / 1000
  return tokens > 4 && seconds > 0 ? (tokens - 1) / seconds : undefined
}
