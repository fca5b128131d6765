/**
 * A backend whose speed is known: answers like vLLM, `max_tokens` tokens, one every `gap` milliseconds.
 *
 * For benchmarks and fault injection only. The last message says how: "gap 5" is the pause between tokens, 0 writes as
 * fast as the socket takes them; "delay 500" is the pause before the first; "size 100" fills each token up to 100
 * characters. `GET /running` counts the answers under way.
 */
const model = "bench-model"

const chunk = (content: string) =>
  `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"${model}","choices":[{"index":0,"delta":{"content":"${content}"},"logprobs":null,"finish_reason":null}]}\n\n`

const last = (tokens: number) =>
  `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"${model}","choices":[{"index":0,"delta":{},"finish_reason":"stop"}]}\n\n` +
  `data: {"id":"chatcmpl-bench","object":"chat.completion.chunk","created":1,"model":"${model}","choices":[],"usage":{"prompt_tokens":8,"completion_tokens":${tokens},"total_tokens":${tokens + 8}}}\n\ndata: [DONE]\n\n`

interface Chat {
  readonly max_tokens: number
  readonly messages: ReadonlyArray<{ readonly content: string }>
}

let running = 0

const stream = ({ max_tokens, messages }: Chat, signal: AbortSignal) => {
  const told = (name: string) => Number(new RegExp(`${name} (\\d+)`).exec(messages.at(-1)?.content ?? "")?.[1] ?? 0)
  const [delay, gap, size] = [told("delay"), told("gap"), told("size")]
  let sent = 0
  const client = { gone: false }
  running++
  const leave = () => {
    if (!client.gone) running--
    client.gone = true
  }
  signal.addEventListener("abort", leave)
  return new ReadableStream({
    type: "direct",
    async pull(sink: { write: (text: string) => number | Promise<number>; end: () => void }) {
      if (delay > 0) await Bun.sleep(delay)
      while (sent < max_tokens && !client.gone) {
        const written = sink.write(chunk(`w${sent++} `.padEnd(size, "x")))
        if (typeof written !== "number") await written
        await Bun.sleep(gap)
      }
      if (client.gone) return
      leave()
      await sink.write(last(max_tokens))
      sink.end()
    },
    cancel: leave
  } as unknown as UnderlyingDefaultSource)
}

const server = Bun.serve({
  port: Number(process.argv[2] ?? 0),
  idleTimeout: 0,
  routes: {
    "/v1/models": () =>
      Response.json({
        object: "list",
        data: [{ id: model, object: "model", owned_by: "vllm", max_model_len: 100_000 }]
      }),
    "/version": () => Response.json({ version: "0.0.0-bench" }),
    "/health": () => new Response(""),
    "/running": () => Response.json({ running }),
    "/v1/chat/completions": async (request) => {
      const chat = (await request.json()) as Chat
      // A node asks what it can do by what it refuses.
      if (chat.messages === undefined) return new Response("", { status: 400 })
      return new Response(stream(chat, request.signal), { headers: { "content-type": "text/event-stream" } })
    }
  },
  fetch: () => Response.json({ detail: "Not Found" }, { status: 404 })
})

process.stdout.write(`${server.port}\n`)
