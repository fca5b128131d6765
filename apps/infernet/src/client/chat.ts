/** One chat over the job API, its text as it comes. */
import { JobView } from "@infernet/contract/Job"
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
}

const Frame = Schema.fromJsonString(
  Schema.Union([
    Schema.Struct({ text: Schema.String }),
    Schema.Struct({ reasoning: Schema.String }),
    Schema.Struct({ error: Schema.String, message: Schema.String }),
    Schema.Record(Schema.String, Schema.Unknown)
  ])
)

/** Calls `onText` for each piece; answers the finished job and what was measured here, in milliseconds. */
export const chat = Effect.fnUntraced(function* (
  target: Target,
  chat: Chat,
  onText: (text: string) => Effect.Effect<void>
) {
  const started = yield* Clock.currentTimeMillis
  const request = yield* Effect.orDie(
    HttpClientRequest.bodyJson(HttpClientRequest.post("/api/v1/jobs"), {
      model: chat.model,
      messages: chat.messages,
      stream: true,
      ...(chat.maxTokens === undefined ? {} : { max_tokens: chat.maxTokens })
    })
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
    if ("text" in frame) yield* onText(String(frame.text))
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
  const job = yield* Effect.flatMap(send(target, HttpClientRequest.get(`/api/v1/jobs/${id}`)), decode(JobView))
  return { job, firstTokenMillis: (first ?? ended) - started, totalMillis: ended - started }
})

/** Tokens a second after the first one; none where there are too few to tell. */
export const speedOf = (answer: Effect.Success<ReturnType<typeof chat>>): number | undefined => {
  const tokens = answer.job.result?.usage.completion_tokens ?? 0
  const seconds = (answer.totalMillis - answer.firstTokenMillis) / 1000
  return tokens > 4 && seconds > 0 ? (tokens - 1) / seconds : undefined
}
