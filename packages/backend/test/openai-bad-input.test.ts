import { createServer, type Socket } from "node:net"
import { expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber } from "effect"
import { TestClock } from "effect/testing"
import { BackendError, type Emit } from "../src/Backend.ts"
import { withoutPaths } from "../src/http/refusal.ts"
import * as OpenAi from "../src/openai/OpenAiBackend.ts"
import { settle } from "../src/openai/usage.ts"
import { ask, collector, eventStream, failure, openAiServer, site } from "./replay.ts"

const chats = "/v1/chat/completions"

/** A server that can do anything with a socket. Questions about itself it answers with 404. */
const rudeServer = (answer: (socket: Socket) => void) =>
  Effect.acquireRelease(
    Effect.promise(async () => {
      const sockets = new Set<Socket>()
      let written = 0
      let requests = 0
      let head = ""
      const server = createServer((socket) => {
        sockets.add(socket)
        socket.on("error", () => undefined)
        socket.on("close", () => {
          written += socket.bytesWritten
          sockets.delete(socket)
        })
        socket.once("data", (bytes) => {
          const text = bytes.toString()
          if (!text.startsWith(`POST ${chats}`) || text.endsWith("\r\n\r\n{}")) {
            return socket.end("HTTP/1.1 404 Not Found\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
          }
          requests += 1
          head = text
          return answer(socket)
        })
      })
      await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
      const address = server.address()
      const port = typeof address === "object" && address !== null ? address.port : 0
      const open = () => [...sockets].reduce((sum, socket) => sum + socket.bytesWritten, 0)
      return { server, sockets, port, written: () => written + open(), requests: () => requests, head: () => head }
    }),
    ({ server, sockets }) =>
      Effect.sync(() => {
        for (const socket of sockets) socket.destroy()
        server.close()
      })
  )

/** Writes the same for as long as somebody reads. */
const forever = (socket: Socket, text: string) => {
  const go = () => {
    while (!socket.destroyed && socket.write(text)) continue
  }
  socket.on("drain", go)
  go()
}

const streaming = "HTTP/1.1 200 OK\r\ncontent-type: text/event-stream\r\nconnection: close\r\n"

const against = Effect.fnUntraced(function* (answer: (socket: Socket) => void, emit: Emit = collector().emit) {
  const server = yield* rudeServer(answer)
  const backend = yield* OpenAi.make(
    { ...site(), kind: "vllm", name: "vLLM", baseUrl: `http://127.0.0.1:${server.port}` },
    "vllm"
  )
  const { fault, message } = yield* failure(backend.chat(ask("Hello"), emit))
  return { said: `${fault}: ${message}`, ...server }
})

const rude: ReadonlyArray<readonly [name: string, answer: (socket: Socket) => void, said: string, megabytes: number]> =
  [
    [
      "a line without end",
      (socket) => {
        socket.write(`${streaming}\r\ndata: `)
        forever(socket, "x".repeat(65_536))
      },
      "backend_error: vLLM sent a line of more than 1048576 characters",
      16
    ],
    [
      "events without end in which nothing is said",
      (socket) => {
        socket.write(`${streaming}\r\n`)
        forever(socket, 'data: {"choices":[{"delta":{}}]}\n\n'.repeat(1000))
      },
      "backend_error: vLLM sent 16777216 characters in which the model says nothing",
      48
    ],
    [
      "comments without end",
      (socket) => {
        socket.write(`${streaming}\r\n`)
        forever(socket, ": ping\n\n".repeat(1000))
      },
      "backend_error: vLLM sent 16777216 characters in which the model says nothing",
      48
    ],
    [
      "a refusal without end",
      (socket) => {
        socket.write("HTTP/1.1 500 Internal Server Error\r\nconnection: close\r\n\r\n")
        forever(socket, "x".repeat(65_536))
      },
      "backend_error: vLLM answered with more than 65536 bytes",
      16
    ],
    [
      "a header without end",
      (socket) => {
        socket.write("HTTP/1.1 200 OK\r\nx-a: ")
        forever(socket, "x".repeat(65_536))
      },
      "backend_unreachable: vLLM does not answer: its headers are too long",
      16
    ],
    [
      "something but HTTP",
      (socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
      "backend_unreachable: vLLM does not answer: what answers does not speak HTTP",
      1
    ],
    [
      "a bomb of zeros, packed small",
      (socket) => {
        const packed = Bun.gzipSync(new Uint8Array(64 << 20))
        socket.write(`${streaming}content-encoding: gzip\r\ncontent-length: ${packed.length}\r\n\r\n`)
        socket.end(packed)
      },
      'backend_error: vLLM answered with "gzip" encoding, which it was asked not to use',
      1
    ],
    [
      "a redirect to itself",
      (socket) => void socket.end(`HTTP/1.1 307 Temporary Redirect\r\nlocation: ${chats}\r\ncontent-length: 0\r\n\r\n`),
      "backend_error: vLLM answered with a redirect (307): configure the address it points to",
      1
    ],
    [
      "bytes that are no UTF-8",
      (socket) => {
        socket.write(`${streaming}\r\ndata: {"choices":[{"delta":{"content":"`)
        socket.end(new Uint8Array([0x66, 0xc3, 0x28]))
      },
      "backend_error: vLLM sent text that is not UTF-8",
      1
    ],
    [
      "half a character, and never the other half",
      (socket) =>
        void socket.end(
          `${streaming}\r\ndata: {"choices":[{"delta":{"content":"\\ud83e"},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n`
        ),
      "backend_error: vLLM sent half a character: its text cannot be UTF-8",
      1
    ]
  ]

for (const [name, answer, said, megabytes] of rude) {
  it.live(
    `survives ${name}, names it, and stops reading`,
    () =>
      Effect.gen(function* () {
        const got = yield* against(answer)
        expect(got.said).toBe(said)
        expect(got.requests()).toBe(1)
        expect(got.head().toLowerCase()).toContain("accept-encoding: identity")
        // What the sockets' own buffers hold, beside what we read.
        expect(got.written()).toBeLessThan(megabytes << 20)
      }),
    { timeout: 20_000 }
  )
}

const half = (text: string) => `data: {"choices":[{"delta":{"content":"${text}"}}]}\n\n`

it("joins the halves of a character that JSON brings apart", () =>
  Effect.gen(function* () {
    const end = 'data: {"choices":[{"delta":{},"finish_reason":"stop"}]}\n\ndata: [DONE]\n\n'
    const { fetch } = openAiServer({ [chats]: () => eventStream(half("a\\ud83e") + half("\\udd8a b") + end) })
    const { emit, records } = collector()
    yield* (yield* OpenAi.make(site(fetch), "vllm")).chat(ask("Hello"), emit)
    expect(records).toEqual([
      ["text", "a"],
      ["text", "🦊 b"]
    ])
  }))

const waiting = Effect.fnUntraced(function* (answer: () => Response | Promise<Response>, emit: Emit) {
  const asked = yield* Deferred.make<void>()
  const { fetch } = openAiServer({
    [chats]: () => {
      Deferred.doneUnsafe(asked, Effect.void)
      return answer()
    }
  })
  const backend = yield* OpenAi.make(site(fetch), "vllm")
  const chat = yield* backend.chat(ask("Hello"), emit).pipe(Effect.flip, Effect.forkChild({ startImmediately: true }))
  yield* Deferred.await(asked)
  return chat
})

it("gives up a server that never begins its answer after a quarter of an hour: a cold model may need long", () =>
  Effect.gen(function* () {
    const chat = yield* waiting(() => Promise.withResolvers<Response>().promise, collector().emit)
    yield* TestClock.adjust("14 minutes")
    expect(chat.pollUnsafe()).toBeUndefined()
    yield* TestClock.adjust("1 minute")
    expect(yield* Fiber.join(chat)).toEqual(
      new BackendError({ fault: "timeout", message: "llama.cpp began no answer within 15m" })
    )
  }))

const oneWord = () => {
  const { readable, writable } = new TransformStream<Uint8Array, Uint8Array>()
  const writer = writable.getWriter()
  void writer.write(new TextEncoder().encode('data: {"choices":[{"delta":{"content":"Hi"}}]}\n\n'))
  return eventStream(readable)
}

it("gives up a server that falls silent in the middle of its answer", () =>
  Effect.gen(function* () {
    const spoken = yield* Deferred.make<void>()
    const chat = yield* waiting(oneWord, () => {
      Deferred.doneUnsafe(spoken, Effect.void)
      return undefined
    })
    yield* Deferred.await(spoken)
    yield* TestClock.adjust("10 minutes")
    expect((yield* Fiber.join(chat)).message).toBe("llama.cpp fell silent in the middle of its answer, for 5m")
  }))

it("does not blame a server that we keep waiting", () =>
  Effect.gen(function* () {
    const spoken = yield* Deferred.make<void>()
    const chat = yield* waiting(oneWord, () => {
      Deferred.doneUnsafe(spoken, Effect.void)
      return Promise.withResolvers<void>().promise
    })
    yield* Deferred.await(spoken)
    yield* TestClock.adjust("1 hour")
    expect(chat.pollUnsafe()).toBeUndefined()
  }))

const known = { prompt: () => 9, promptLimit: () => 1000, maxTokens: 64, pieces: 12 }
const said = { prompt: 17, completion: 12, cached: 3, reasoning: 5 }

const counts: ReadonlyArray<
  readonly [name: string, said: Parameters<typeof settle>[0], usage: object, doubt?: string]
> = [
  ["what can be true", said, { prompt_tokens: 17, completion_tokens: 12, cached_tokens: 3, reasoning_tokens: 5 }],
  ["nothing", undefined, { prompt_tokens: 9, completion_tokens: 12 }],
  [
    "nothing of the cache",
    { ...said, cached: null, reasoning: undefined },
    { prompt_tokens: 17, completion_tokens: 12 }
  ],
  ["that nothing was cached", { ...said, cached: 0, reasoning: 0 }, { cached_tokens: 0, reasoning_tokens: 0 }],
  ["negative counts", { ...said, prompt: -17 }, { prompt_tokens: 9 }, "prompt_tokens -17"],
  ["a prompt of more tokens than bytes", { ...said, prompt: 1e9 }, { prompt_tokens: 9 }, "prompt_tokens 1000000000"],
  ["no prompt", { ...said, prompt: 0 }, { prompt_tokens: 9 }, "prompt_tokens 0"],
  ["no answer beside an answer", { ...said, completion: 0 }, { completion_tokens: 12 }, "completion_tokens 0"],
  ["more than was asked for", { ...said, completion: 65 }, { completion_tokens: 12 }, "completion_tokens 65"],
  ["halves", { ...said, completion: 11.5 }, { completion_tokens: 12 }, "completion_tokens 11.5"],
  ["words", { ...said, completion: "12" }, { completion_tokens: 12 }, 'completion_tokens "12"'],
  ["more cached than prompted", { ...said, cached: 18 }, { prompt_tokens: 17 }, "cached_tokens 18"]
]

for (const [name, heard, usage, doubt] of counts) {
  test(`counts for itself where a server's usage says ${name}`, () => {
    const settled = settle(heard, known)
    expect(settled.usage).toMatchObject(usage)
    expect(settled.usage.total_tokens).toBe(settled.usage.prompt_tokens + settled.usage.completion_tokens)
    expect(settled.usage.cached_tokens === undefined).toBe(typeof heard?.cached !== "number" || heard.cached > 17)
    expect(settled.doubt).toBe(doubt)
  })
}

test("leaves no path of the operator's in what a server says, and names of models in it", () => {
  const told: ReadonlyArray<readonly [said: string, shown: string]> = [
    ['File "/srv/v env/lib/http_server.py", line 1870, in chat', 'File "(a path)", line 1870, in chat'],
    ["cannot open ~/models/my/fox.gguf: no such file", "cannot open (a path): no such file"],
    ["cannot open /fox.gguf", "cannot open (a path)"],
    ["C:\\Users\\ada\\models\\fox.gguf is bad", "(a path) is bad"],
    ["\u001b[2J\u0007no answer of http://ada:key@10.0.0.5:8000/x:\r\nrefused", "no answer of (an address) refused"],
    [
      "the model `org/fox-7b` is gone; prompt/completion ratio 1/2",
      "the model `org/fox-7b` is gone; prompt/completion ratio 1/2"
    ]
  ]
  for (const [said, shown] of told) expect(withoutPaths(said)).toBe(shown)
})
