import { describe, expect, test } from "bun:test"
import { JobId } from "@infernet/contract/Id"
import type { ResponseObject } from "@infernet/contract/ResponseObject"
import type { Showing } from "@infernet/control-plane/door/openai/responses/Answer"
import { wholeResponse } from "@infernet/control-plane/door/openai/responses/response"
import { responsesDialect } from "@infernet/control-plane/door/openai/responses/responsesDialect"
import { forgottenFacts } from "@infernet/control-plane/door/openai/responses/stored"
import type { End, Entry } from "@infernet/control-plane/job/JobLog"
import { Arbitrary, DateTime, Effect, Schema } from "effect"
import { it } from "@infernet/testing/harness"
import { ResponseStream } from "openai/lib/responses/ResponseStream"

const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5, cached_tokens: 1, reasoning_tokens: 1 }
const job = { id: JobId.make("job_0000000000000000000a"), model: 'a "model"', createdAt: DateTime.makeUnsafe(7_900) }
const ended = (finishReason: "stop" | "length" | "tool_calls" = "stop"): End => ({
  _tag: "Completed",
  finishReason,
  usage
})

const text = (text: string): Entry => ({ kind: "text", text })
const thought = (text: string): Entry => ({ kind: "reasoning", text })
const call = (index: number, args: string, first: object = {}): Entry => ({
  kind: "tool_call",
  text: JSON.stringify({ index, ...first, arguments: args })
})
const logprobs = (...tokens: ReadonlyArray<string>): Entry => ({
  kind: "logprobs",
  text: JSON.stringify({ content: tokens.map((token) => ({ token, logprob: -1, bytes: null, top_logprobs: [] })) })
})

interface Event {
  readonly type: string
  readonly sequence_number: number
  readonly output_index?: number
  readonly item_id?: string
  readonly delta?: string
  readonly text?: string
  readonly arguments?: string
  readonly item?: ResponseObject["output"][number]
  readonly response?: ResponseObject
  readonly logprobs?: ReadonlyArray<{ readonly token: string }>
}

const plain: Showing = { thoughts: "content", logprobs: false, parallel: true }

/** The events of a stream; fails where one is not a frame of its own. */
const eventsOf = (entries: ReadonlyArray<Entry>, end: End = ended(), showing: Partial<Showing> = {}) => {
  const dialect = responsesDialect(job, { facts: forgottenFacts(null), showing: { ...plain, ...showing } })
  const frames = [dialect.start, ...entries.map((entry, i) => dialect.entry(entry, i + 1)), dialect.end(end)].join("")
  const sent = new TextDecoder().decode(new TextEncoder().encode(frames))
  expect(sent.endsWith("\n\n")).toBe(true)
  return sent
    .slice(0, -2)
    .split("\n\n")
    .map((frame): Event => {
      const lines = frame.split(/\r\n|\r|\n/)
      expect(lines).toHaveLength(2)
      const data: Event = JSON.parse(lines[1]?.slice("data: ".length) ?? "")
      expect(lines[0]).toBe(`event: ${data.type}`)
      return data
    })
}

const typesOf = (events: ReadonlyArray<Event>) => events.map(({ type }) => type.replace(/^response\./, ""))
const outputOf = (events: ReadonlyArray<Event>) => events.at(-1)?.response?.output

const textEvents = ["output_item.added", "content_part.added", "output_text.delta", "output_text.delta"]
const textDone = ["output_text.done", "content_part.done", "output_item.done"]

describe("a response's stream", () => {
  test("begins, adds an item and its part, gives the pieces, closes what it opened, and ends with the whole", () => {
    const events = eventsOf([text("Hel"), text("lo")])
    expect(typesOf(events)).toEqual(["created", "in_progress", ...textEvents, ...textDone, "completed"])
    expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
    expect(events[0]?.response).toMatchObject({
      id: `resp_${job.id}`,
      object: "response",
      created_at: 7,
      status: "in_progress",
      model: 'a "model"',
      output: [],
      usage: null,
      store: false
    })
    expect(events.at(-1)?.response).toMatchObject({
      status: "completed",
      output: [
        {
          id: "msg_0000000000000000000a_0",
          type: "message",
          status: "completed",
          role: "assistant",
          content: [{ type: "output_text", text: "Hello", annotations: [], logprobs: [] }]
        }
      ],
      usage: {
        input_tokens: 3,
        input_tokens_details: { cached_tokens: 1 },
        output_tokens: 2,
        output_tokens_details: { reasoning_tokens: 1 },
        total_tokens: 5
      }
    })
  })

  test("shows thoughts as they are, or as the summary that was asked for", () => {
    const entries = [thought("hm"), thought("m"), text("Yes")]
    const raw = eventsOf(entries)
    expect(typesOf(raw).slice(2, 9)).toEqual([
      "output_item.added",
      "content_part.added",
      "reasoning_text.delta",
      "reasoning_text.delta",
      "reasoning_text.done",
      "content_part.done",
      "output_item.done"
    ])
    expect(outputOf(raw)?.[0]).toMatchObject({ summary: [], content: [{ type: "reasoning_text", text: "hmm" }] })
    const summed = eventsOf(entries, ended(), { thoughts: "summary" })
    expect(typesOf(summed).slice(2, 9)).toEqual([
      "output_item.added",
      "reasoning_summary_part.added",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.delta",
      "reasoning_summary_text.done",
      "reasoning_summary_part.done",
      "output_item.done"
    ])
    expect(outputOf(summed)?.[0]).toMatchObject({ summary: [{ type: "summary_text", text: "hmm" }] })
    expect(outputOf(summed)?.[0]).not.toHaveProperty("content")
  })

  test("gives each call an item of its own, done before the next begins", () => {
    const events = eventsOf(
      [call(0, "", { id: "c0", name: "f" }), call(0, '{"a"'), call(0, ":1}"), call(1, "{}", { id: "c1", name: "g" })],
      ended("tool_calls")
    )
    const one = ["output_item.added", "function_call_arguments.delta"]
    const over = ["function_call_arguments.done", "output_item.done"]
    expect(typesOf(events).slice(2, -1)).toEqual([...one, "function_call_arguments.delta", ...over, ...one, ...over])
    expect(outputOf(events)).toMatchObject([
      { type: "function_call", status: "completed", call_id: "c0", name: "f", arguments: '{"a":1}' },
      { type: "function_call", status: "completed", call_id: "c1", name: "g", arguments: "{}" }
    ])
  })

  test("gives a late piece to the call that it belongs to", () => {
    const first = (index: number) => call(index, "1", { id: `c${index}`, name: "f" })
    const events = eventsOf([first(0), first(1), call(0, "2")])
    expect(outputOf(events)).toMatchObject([{ arguments: "12" }, { arguments: "1" }])
    expect(events.findLast(({ type, output_index }) => type.endsWith("item.done") && output_index === 0)).toMatchObject(
      {
        item: { arguments: "12" }
      }
    )
  })

  test("leaves out all calls but the first where there may be one", () => {
    const entries = [0, 1].map((index) => call(index, "{}", { id: `c${index}`, name: "f" }))
    expect(outputOf(eventsOf(entries, ended("tool_calls"), { parallel: false }))).toMatchObject([{ call_id: "c0" }])
  })

  test("tells log probabilities with the text that they are of, to who asked", () => {
    const entries = [thought("hm"), logprobs("hm"), text("He"), logprobs("H", "e"), text("y")]
    const events = eventsOf(entries, ended(), { logprobs: true })
    const deltas = events.filter(({ type }) => type === "response.output_text.delta")
    expect(deltas.map(({ delta, logprobs }) => [delta, logprobs?.map(({ token }) => token)])).toEqual([
      ["He", ["H", "e"]],
      ["y", []]
    ])
    const message = outputOf(events)?.[1]
    expect(message).toMatchObject({
      content: [{ text: "Hey", logprobs: [{ token: "H", bytes: [72] }, { token: "e" }] }]
    })
    expect(JSON.stringify(eventsOf(entries))).not.toContain('"token"')
  })

  test("is incomplete when it was cut, and so is the item that was under way", () => {
    const events = eventsOf([thought("hm"), text("Hel")], ended("length"))
    expect(typesOf(events).slice(-2)).toEqual(["output_item.done", "incomplete"])
    expect(events.at(-1)?.response).toMatchObject({
      status: "incomplete",
      incomplete_details: { reason: "max_output_tokens" },
      output: [{ status: "completed" }, { status: "incomplete" }]
    })
  })

  test("has an empty message when it says nothing, and none when it was cut before it said anything", () => {
    expect(outputOf(eventsOf([thought("hm")]))).toMatchObject([{}, { type: "message", content: [{ text: "" }] }])
    expect(outputOf(eventsOf([thought("hm")], ended("length")))).toMatchObject([{ type: "reasoning" }])
  })

  test("that fails tells how far it came, and then an error that the SDKs throw", () => {
    const events = eventsOf([text("Hel")], { _tag: "Failed", error: "timeout", message: "too\n\nlate" })
    expect(typesOf(events).slice(-2)).toEqual(["failed", "error"])
    expect(events.at(-2)?.response).toMatchObject({
      status: "failed",
      error: { code: "server_error", message: "too\n\nlate" },
      output: [{ status: "incomplete", content: [{ text: "Hel" }] }]
    })
    const error = { code: "timeout", message: "too\n\nlate", param: null }
    expect(events.at(-1)).toMatchObject({ ...error, error: { type: "server_error", ...error } })
  })
})

/** What the SDK's own helper makes of the events. */
const booked = (events: ReadonlyArray<Event>) => {
  const lines = new Blob(events.map((event) => `${JSON.stringify(event)}\n`)).stream()
  return Effect.promise(() => ResponseStream.fromReadableStream(lines).finalResponse())
}

describe("whatever a node says", () => {
  const hostile = [
    "\n\nevent: error\n\n",
    "\r\n\r\n",
    "\r\revent: x",
    "\u2028\u2029\u0085",
    "\u0000",
    "\ud800",
    '"}\n\n'
  ]
  const piece = Schema.Union([
    Schema.Literals([...hostile, "", "a", "{", "response.completed"]),
    Schema.String.check(Schema.isMaxLength(8))
  ])
  const said = Schema.Array(
    Schema.Union([
      Schema.Struct({ kind: Schema.Literals(["text", "reasoning", "logprobs", "tool_call"]), text: piece }),
      Schema.Struct({
        index: Schema.Literals([0, 1, 2, -1]),
        id: Schema.optionalKey(piece),
        name: Schema.optionalKey(piece),
        arguments: piece
      })
    ])
  ).check(Schema.isMaxLength(12))
  const entryOf = (one: (typeof said.Type)[number]): Entry =>
    "kind" in one ? one : { kind: "tool_call", text: JSON.stringify(one) }

  const Said = Schema.Struct({ said, logprobs: Schema.Boolean, summed: Schema.Boolean })

  it("stays within its frames, and the pieces add up to the whole, in the SDK's own books as well", () =>
    Effect.gen(function* () {
      const result = yield* Arbitrary.checkEffect(Arbitrary.schema(Said), addsUp, { runs: 300, seed: "responses" })
      expect(Arbitrary.formatCheckFailure(result)).toBeUndefined()
    }))

  const addsUp = ({ logprobs, said, summed }: typeof Said.Type) =>
    Effect.gen(function* () {
      const entries = said.map(entryOf)
      const events = eventsOf(entries, ended(), { logprobs, thoughts: summed ? "summary" : "content" })
      expect(events.map(({ sequence_number }) => sequence_number)).toEqual(events.map((_, i) => i))
      const output = outputOf(events) ?? []
      const joined = (kind: Entry["kind"]) =>
        entries.flatMap((entry) => (entry.kind === kind ? [entry.text] : [])).join("")
      const deltas = (type: string) =>
        events.flatMap((event) => (event.type === `response.${type}.delta` ? [event.delta ?? ""] : [])).join("")
      expect(deltas("output_text")).toBe(joined("text"))
      expect(deltas(summed ? "reasoning_summary_text" : "reasoning_text")).toBe(joined("reasoning"))
      const showing: Showing = { thoughts: summed ? "summary" : "content", logprobs, parallel: true }
      const result = { content: joined("text"), finish_reason: "stop" as const, usage }
      const whole = wholeResponse({ facts: forgottenFacts(null), showing })(job, result, entries)
      expect(JSON.parse(JSON.stringify(whole))).toEqual(events.at(-1)?.response)
      for (const [index, item] of output.entries()) {
        const last = events.findLast((event) => event.type.endsWith("item.done") && event.output_index === index)
        expect(last?.item).toEqual(item)
      }
      const ids = output.map((item) => ("call_id" in item ? item.call_id : item.id))
      // The SDK refuses calls of one id, as a node must not give them.
      if (new Set(ids).size < ids.length) return true
      expect((yield* booked(events)).output).toMatchObject(output)
      expect((yield* booked(events.slice(0, -1))).output).toMatchObject(output)
      return true
    })
})
