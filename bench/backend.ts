/**
 * A backend whose speed is known: answers like vLLM, `max_tokens` tokens, one every `gap` milliseconds.
 *
 * For benchmarks only. The gap is the number in the last message ("gap 5"); 0 writes as fast as the socket takes them.
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

const stream = ({ max_tokens, messages }: Chat) => {
  const gap = Number(/gap (\d+)/.exec(messages.at(-1)?.content ?? "")?.[1] ?? 0)
  let sent = 0
  return new ReadableStream({
    type: "direct",
    async pull(sink: { write: (text: string) => number | Promise<number>; end: () => void }) {
      while (sent < max_tokens) {
        const written = sink.write(chunk(`w${sent++} `))
        if (typeof written !== "number") await written
        await Bun.sleep(gap)
      }
      await sink.write(last(max_tokens))
      sink.end()
    }
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
    "/v1/chat/completions": async (request) =>
      new Response(stream((await request.json()) as Chat), { headers: { "content-type": "text/event-stream" } })
  },
  fetch: () => Response.json({ detail: "Not Found" }, { status: 404 })
})

process.stdout.write(`${server.port}\n`)
