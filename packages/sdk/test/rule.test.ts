import { describe, expect, test } from "bun:test"
import * as Sdk from "../src/index.ts"
import { json, params, scripted, sse } from "./Script.ts"

const refused = (status: number, error: string, headers: Record<string, string> = {}) =>
  json(status, { error, error_message: "no" }, headers)

const failure = async (promise: Promise<unknown>): Promise<Sdk.InfernetError> => {
  const error = await promise.then(
    () => new Error("it went well"),
    (error: unknown) => error
  )
  if (!(error instanceof Sdk.InfernetError)) throw error
  return error
}

const strange = (data: string) =>
  failure(
    scripted(sse(`id: 1\ndata: ${data}\n\n`))
      .client.chat.stream(params)
      .text()
  )

const done = sse('id: 1\ndata: {"text":"a"}\n\ndata: [DONE]\n\n')
const keyOf = ({ headers }: { readonly headers: Headers }) => headers.get("idempotency-key")

const gone = new Error("unreachable")

const silence = (signal: AbortSignal) =>
  new Promise<Response>((_, reject) => signal.addEventListener("abort", () => reject(signal.reason)))

const stuck = async (signal: AbortSignal) => {
  const body = new ReadableStream<Uint8Array>({
    start: (controller) => {
      controller.enqueue(new TextEncoder().encode('id: 1\ndata: {"text":"a"}\n\n'))
      signal.addEventListener("abort", () => controller.error(signal.reason))
    }
  })
  return new Response(body, { headers: { "x-infernet-job": "job_1" } })
}

describe("the rule of retries", () => {
  test("waits as Retry-After says, else 1, 2 and 4 seconds, and then gives the error", async () => {
    const retryable = () => refused(500, "internal_error")
    const once = scripted(refused(429, "rate_limited", { "retry-after": "7" }), json(200, { models: [] }))
    expect(await once.client.models.list()).toEqual([])
    expect(once.time.waits).toEqual([7_000])

    const often = scripted(retryable(), retryable(), retryable(), retryable())
    expect((await failure(often.client.models.list())).code).toBe("internal_error")
    expect(often.time.waits).toEqual([1_000, 2_000, 4_000])

    const never = scripted(retryable())
    expect((await failure(never.client.models.list({ maxRetries: 0 }))).code).toBe("internal_error")
    expect(never.time.waits).toEqual([])
  })

  test("does not wait for an hour: the error says how long", async () => {
    const { client, time } = scripted(refused(429, "rate_limited", { "retry-after": "3600" }))
    expect((await failure(client.models.list())).retryAfter).toBe(3600)
    expect(time.waits).toEqual([])
  })

  test("keeps the key where the job may be there, and takes a new one where it is over", async () => {
    const { asked, client } = scripted(
      new Error("connection reset"),
      refused(502, "backend_error"),
      new Response("<html>", { status: 502 }),
      done
    )
    expect(await client.chat.stream(params).text()).toBe("a")
    const [lost, again, anew, behind] = asked.map(keyOf)
    expect([lost === again, again === anew, anew === behind]).toEqual([true, false, true])
    expect(new Set(asked.map(({ body }) => body)).size).toBe(1)
  })

  test("never takes another key than the caller's, whose job cannot end otherwise", async () => {
    const { asked, client } = scripted(refused(502, "backend_error"))
    const stream = client.chat.stream(params, { idempotencyKey: "mine" })
    expect(await failure(stream.text())).toBeInstanceOf(Sdk.BackendError)
    expect(asked.map(keyOf)).toEqual(["mine"])
  })

  test("takes a stream without [DONE] up where it was, by number, and gives no event twice", async () => {
    const { asked, client, time } = scripted(
      sse('id: 1\ndata: {"text":"a"}\n\nid: 2\r\ndata: {"text":"b"}\r\n\r\nid: 3\ndata: {"te'),
      sse(': keep-alive\n\nid: 2\ndata: {"text":"b"}\n\nid: 3\ndata: {"text":"c"}\n\n'),
      sse(""),
      sse("data: [DONE]\n\n")
    )
    expect(await client.chat.stream(params).text()).toBe("abc")
    expect(asked.map(({ headers, method, path }) => [method, path, headers.get("last-event-id")])).toEqual([
      ["POST", "/api/v1/jobs", null],
      ["GET", "/api/v1/jobs/job_1/stream", "2"],
      ["GET", "/api/v1/jobs/job_1/stream", "3"],
      ["GET", "/api/v1/jobs/job_1/stream", "3"]
    ])
    // At once after something new; by the rule after nothing.
    expect(time.waits).toEqual([0, 0, 1_000])
  })

  test("gives up a stream that stays cut, with what it said", async () => {
    const { client } = scripted(sse('id: 1\ndata: {"text":"a"}\n\n'), gone, gone, gone, gone, gone)
    const error = await failure(client.chat(params))
    expect(error).toBeInstanceOf(Sdk.StreamCutError)
    expect([error.text, error.job, error.retryable]).toEqual(["a", "job_1", true])
  })

  test("reads the job where the stream is forgotten", async () => {
    const usage = { prompt_tokens: 1, completion_tokens: 1, total_tokens: 2 }
    const job = { id: "job_1", status: "completed", result: { content: "ab", finish_reason: "stop", usage } }
    const { client } = scripted(sse('id: 1\ndata: {"text":"a"}\n\n'), refused(404, "not_found"), json(200, job))
    expect((await client.chat(params)).content).toBe("ab")
  })
})

describe("time-outs", () => {
  test("takes a silent request for dead, tries again, and names the limit in the end", async () => {
    const { asked, client, time } = scripted(silence, silence)
    const failed = failure(client.models.list({ maxRetries: 1 }))
    time.expire(45_000)
    while (asked.length < 2) await Promise.resolve()
    time.expire(45_000)
    const error = await failed
    expect(error).toMatchObject({ code: "client_timeout", limit: "idleTimeout" })
    expect(error.message).toContain("45 s (option idleTimeout)")
    expect(time.pending).toBe(0)
  })

  test("takes a silent stream for cut", async () => {
    const { client, time } = scripted(stuck, sse('id: 2\ndata: {"text":"b"}\n\ndata: [DONE]\n\n'))
    const events = client.chat.stream(params)[Symbol.asyncIterator]()
    expect((await events.next()).value).toEqual({ text: "a" })
    const next = events.next()
    while (!time.watches(45_000)) await Promise.resolve()
    time.expire(45_000)
    expect((await next).value).toEqual({ text: "b" })
  })

  test("ends a call that takes too long as a whole, and cancels its job", async () => {
    const { asked, client, time } = scripted(stuck, json(200, {}))
    const events = client.chat.stream(params, { timeout: 60_000 })[Symbol.asyncIterator]()
    await events.next()
    const failed = failure(events.next())
    time.expire(60_000)
    expect(await failed).toMatchObject({ code: "client_timeout", limit: "timeout", text: "a", job: "job_1" })
    expect(asked[1]).toMatchObject({ method: "DELETE", path: "/api/v1/jobs/job_1" })
  })
})

describe("an abort", () => {
  test("is thrown at once, and cancels the job that only a late answer tells of", async () => {
    const late = Promise.withResolvers<Response>()
    const { asked, client, time } = scripted(() => late.promise, json(200, {}))
    const [controller, reason] = [new AbortController(), new Error("enough")]
    const aborted = client.chat(params, { signal: controller.signal }).catch((error: unknown) => error)
    while (asked.length < 1) await Promise.resolve()
    controller.abort(reason)
    expect(await aborted).toBe(reason)
    expect(asked.length).toBe(1)
    late.resolve(sse(""))
    while (asked.length < 2) await Promise.resolve()
    expect(asked[1]).toMatchObject({ method: "DELETE", path: "/api/v1/jobs/job_1" })
    while (time.pending > 0) await Promise.resolve()
  })

  test("comes between two reads as well, and before the first", async () => {
    const { asked, client } = scripted(stuck, json(200, {}))
    const controller = new AbortController()
    const events = client.chat.stream(params, { signal: controller.signal })[Symbol.asyncIterator]()
    await events.next()
    controller.abort()
    while (asked.length < 2) await Promise.resolve()
    expect(asked[1]?.method).toBe("DELETE")
    expect(await events.next().catch((error: Error) => error)).toMatchObject({ name: "AbortError" })
    const before = client.models.list({ signal: AbortSignal.abort("never") })
    expect(await before.catch((error: unknown) => error)).toBe("never")
    expect(asked.length).toBe(2)
  })

  test("of a reader leaves a job alone that is not its own", async () => {
    const { asked, client } = scripted(stuck)
    for await (const { text } of client.jobs.stream("job_1")) if (text === "a") break
    expect(asked.map(({ method, path }) => [method, path])).toEqual([["GET", "/api/v1/jobs/job_1/stream"]])
  })
})

describe("errors", () => {
  const codes = {
    bad_request: [400, Sdk.BadRequestError],
    unauthorized: [401, Sdk.UnauthorizedError],
    insufficient_funds: [402, Sdk.InsufficientFundsError],
    forbidden: [403, Sdk.ForbiddenError],
    not_found: [404, Sdk.NotFoundError],
    model_not_found: [404, Sdk.ModelNotFoundError],
    conflict: [409, Sdk.ConflictError],
    payload_too_large: [413, Sdk.PayloadTooLargeError],
    rate_limited: [429, Sdk.RateLimitedError],
    internal_error: [500, Sdk.InternalServerError],
    backend_error: [502, Sdk.BackendError],
    node_disconnected: [502, Sdk.NodeDisconnectedError],
    no_capacity: [503, Sdk.NoCapacityError],
    timeout: [504, Sdk.JobTimeoutError]
  } as const

  for (const [code, [status, Class]] of Object.entries(codes)) {
    test(`${code} has its class`, async () => {
      const { client } = scripted(refused(status, code, { "x-request-id": "req_1" }))
      const error = await failure(client.models.list({ maxRetries: 0 }))
      expect(error.constructor).toBe(Class)
      expect(error).toMatchObject({ code, status, message: "no", requestId: "req_1" })
      expect(error.retryable).toBe(status === 429 || status >= 500)
    })
  }

  test("an answer that is not a control plane's is told as such, whatever it says", async () => {
    const strange = json(418, { error: "toString", field: 3 })
    expect((await failure(scripted(strange).client.models.list())).constructor).toBe(Sdk.InfernetError)
    const proxy = new Response("<html>", { status: 404 })
    expect(await failure(scripted(proxy).client.models.list())).toMatchObject({
      code: "unexpected_response",
      status: 404
    })
    const page = new Response("<html>")
    expect(await failure(scripted(page).client.models.list())).toMatchObject({ code: "unexpected_response" })
  })

  test("a job's own error in its stream has its class too", async () => {
    const { client } = scripted(sse('id: 1\ndata: {"text":"a"}\n\ndata: {"error":"cancelled","message":"no"}\n\n'))
    const error = await failure(client.chat.stream(params).text())
    expect(error).toBeInstanceOf(Sdk.CancelledError)
    expect([error.text, error.job, error.status]).toEqual(["a", "job_1", undefined])
  })

  test("an event that is none is told as such", async () => {
    expect(await strange("5")).toMatchObject({ code: "unexpected_response" })
    expect(await strange("{")).toMatchObject({ code: "unexpected_response" })
  })

  test("an address without http is an error that says what was expected", () => {
    expect(() => new Sdk.Infernet({ apiKey: "inft_x", baseUrl: "localhost:46337" })).toThrow(/baseUrl: expected .*http/)
  })

  test("no key is an error that says what to do", () => {
    const before = process.env["INFERNET_BEARER_TOKEN"]
    delete process.env["INFERNET_BEARER_TOKEN"]
    try {
      expect(() => new Sdk.Infernet()).toThrow(/INFERNET_BEARER_TOKEN/)
    } finally {
      if (before !== undefined) process.env["INFERNET_BEARER_TOKEN"] = before
    }
  })
})
