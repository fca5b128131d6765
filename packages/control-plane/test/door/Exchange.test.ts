import { describe, expect } from "bun:test"
import { AccountId, JobId } from "@infernet/contract/Id"
import { type Asked, Exchange } from "@infernet/control-plane/door/Exchange"
import { nativeDialect } from "@infernet/control-plane/http/nativeDialect"
import { type Entry, JobLog } from "@infernet/control-plane/job/JobLog"
import { Jobs } from "@infernet/control-plane/job/Jobs"
import type { StoredJob } from "@infernet/control-plane/job/JobStore"
import { it } from "@infernet/testing/harness"
import { DateTime, Effect, Layer, Option } from "effect"
import { HttpServerResponse } from "effect/http"

const account = AccountId.make("acc_0000000000000000000a")
const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
const now = DateTime.makeUnsafe(0)
const call = { id: "call_1", type: "function" as const, function: { name: "weather", arguments: '{"city":"Paris"}' } }

const job: StoredJob = {
  id: JobId.make("job_0000000000000000000a"),
  accountId: account,
  requestHash: "hash",
  kind: "chat",
  model: "tiny",
  metadata: null,
  status: "completed",
  nodeId: null,
  result: { content: "Hello", reasoning: "Hm", tool_calls: [call], finish_reason: "tool_calls", usage },
  usage,
  costMicros: 0n,
  quote: null,
  source: null,
  error: null,
  errorMessage: null,
  createdAt: now,
  firstTokenAt: now,
  completedAt: now,
  attempts: []
}
const failed: StoredJob = { ...job, status: "failed", result: null, error: "timeout", errorMessage: "too late" }

const asked = (stream: boolean): Asked => ({
  submission: {
    account,
    apiKey: undefined,
    idempotencyKey: "once",
    requestHash: "hash",
    request: { model: "tiny", messages: [{ role: "user", content: "hi" }], max_tokens: 1 },
    pin: undefined,
    metadata: undefined
  },
  stream: stream ? () => nativeDialect : undefined,
  whole: (_job, { content }, log) => ({ content, ...(content === "" ? { said: [...log] } : {}) })
})

/** An exchange whose every submission repeats one that ended, of whose stream this is kept. */
const repeating = (stored: StoredJob, kept: Option.Option<JobLog>) =>
  Exchange.layer.pipe(
    Layer.provide(
      Layer.mock(Jobs)({
        live: () => undefined,
        running: () => 0,
        submit: () => Effect.succeed({ _tag: "Stored", job: stored }),
        log: () => Effect.succeed(kept)
      })
    )
  )

const answer = Effect.fnUntraced(function* (stored: StoredJob, stream: boolean, kept = Option.none<JobLog>()) {
  const exchange = yield* Effect.provide(Exchange, repeating(stored, kept))
  const response = yield* exchange.answer(asked(stream))
  return yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
})

/** Tells of which answer a frame is, and of what kind. */
const choice = (index: number) => ({
  start: `${index} begins\n`,
  entry: ({ kind }: Entry) => `${index} ${kind}\n`,
  end: () => `${index} ends\n`
})
const saidBy = (index: number) => ["reasoning", "text", "tool_call", "ends"].map((word) => `${index} ${word}`)

describe("a repeat of a request that was answered", () => {
  it("gets the same frames while its stream is kept", () =>
    Effect.gen(function* () {
      const entries = ["He", "llo"].map((text) => ({ kind: "text" as const, text }))
      const kept = JobLog.ended(entries, { _tag: "Completed", finishReason: "stop", usage })
      expect(yield* answer(job, true, Option.some(kept))).toBe(
        'id: 1\ndata: {"text":"He"}\n\nid: 2\ndata: {"text":"llo"}\n\ndata: [DONE]\n\n'
      )
    }))

  it("gets the same answer from the result alone, streamed or not", () =>
    Effect.gen(function* () {
      expect(yield* answer(job, false)).toBe('{"content":"Hello"}')
      const delta = { index: 0, id: "call_1", ...call.function }
      expect(yield* answer(job, true)).toBe(
        'id: 1\ndata: {"reasoning":"Hm"}\n\nid: 2\ndata: {"text":"Hello"}\n\n' +
          `id: 3\ndata: ${JSON.stringify({ tool_call: delta })}\n\ndata: [DONE]\n\n`
      )
    }))

  it("gets all answers of several jobs, streamed or not", () =>
    Effect.gen(function* () {
      const exchange = yield* Effect.provide(Exchange, repeating(job, Option.none()))
      const { submission } = asked(false)
      const textOf = Effect.fnUntraced(function* (stream: boolean) {
        const dialect = {
          choices: [choice(0), choice(1)],
          end: (usages: ReadonlyArray<unknown>) => `${usages.length} told`,
          failed: () => "failed"
        }
        const response = yield* exchange.answerAll({
          submissions: [submission, submission],
          stream: stream ? () => dialect : undefined,
          whole: (_jobs, results) => results.map(({ content }) => content)
        })
        return yield* Effect.promise(() => HttpServerResponse.toWeb(response).text())
      })
      expect(yield* textOf(false)).toBe('["Hello","Hello"]')
      expect((yield* textOf(true)).split("\n")).toEqual(["0 begins", "1 begins", ...saidBy(0), ...saidBy(1), "2 told"])
    }))

  it("gets the same vectors, and is told where they are gone", () =>
    Effect.gen(function* () {
      const embedding: StoredJob = {
        ...job,
        kind: "embedding",
        result: { content: "", finish_reason: "stop", usage }
      }
      const said = [{ kind: "embedding" as const, text: "AACAPw==" }]
      const kept = JobLog.ended(said, { _tag: "Completed", finishReason: "stop", usage })
      expect(JSON.parse(yield* answer(embedding, false, Option.some(kept)))).toEqual({ content: "", said })
      expect(yield* Effect.flip(answer(embedding, false))).toMatchObject({
        _tag: "InternalError",
        error_message: expect.stringContaining("ask with another key")
      })
    }))

  it("fails as that did, and tells one whose end is not known to come back", () =>
    Effect.gen(function* () {
      const late = yield* Effect.flip(answer(failed, false))
      expect(late).toMatchObject({ _tag: "TimedOut", error_message: "too late" })
      const partial = JobLog.ended([{ kind: "text", text: "He" }], {
        _tag: "Failed",
        error: "timeout",
        message: "too late"
      })
      expect(yield* answer(failed, true, Option.some(partial))).toContain('data: {"error":"timeout"')
      const open = { ...job, status: "processing" as const, result: null }
      expect(yield* Effect.flip(answer(open, true))).toMatchObject({ _tag: "Conflict" })
    }))
})
