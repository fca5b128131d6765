import { expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { refusal } from "../src/http/refusal.ts"
import * as Ollama from "../src/ollama/OllamaBackend.ts"
import { requestBody } from "../src/ollama/requestBody.ts"
import { ask, collector, fakeFetch, site } from "./replay.ts"

const tags = {
  models: [
    {
      name: "tiny-demo:latest",
      digest: "b94c",
      size: 2370006,
      details: { quantization_level: "Q8_0", context_length: 2048 }
    },
    { name: "big:70b", digest: "0f0f", size: 40, details: {} },
    { name: "embed:latest", digest: "eeee", size: 1, details: {} },
    {
      name: "gpt-oss:120b-cloud",
      digest: "c10d",
      size: 300,
      remote_host: "https://ollama.com:443",
      remote_model: "gpt-oss:120b"
    }
  ]
}
const shows: Record<string, unknown> = {
  "tiny-demo:latest": { capabilities: ["completion", "tools"], model_info: { "llama.context_length": 2048 } },
  "big:70b": {
    capabilities: ["completion", "thinking"],
    model_info: { "llama.context_length": 131072 },
    parameters: 'num_ctx                        32768\nstop "x"'
  },
  "embed:latest": { capabilities: ["embedding"], model_info: {} }
}

it("offers what Ollama has on its own disk, and runs each model with one context length", () =>
  Effect.gen(function* () {
    const chunk = '{"message":{"content":"ok"},"done":true,"done_reason":"stop","prompt_eval_count":9,"eval_count":1}\n'
    const { fetch, requests } = fakeFetch({
      "/api/version": () => Response.json({ version: "0.34.3" }),
      "/api/tags": () => Response.json(tags),
      "/api/ps": () => Response.json({ models: [{ name: "tiny-demo:latest" }] }),
      "/api/show": async (request) => Response.json(shows[String(((await request.json()) as { model: string }).model)]),
      "/api/chat": () => new Response(chunk)
    })
    const backend = yield* Ollama.make(site(fetch), { contextLength: 8192, slots: 2 })
    const shared = { backend: "ollama" as const, slots: 2 }
    yield* backend.models
    expect(yield* backend.models).toEqual([
      {
        ...shared,
        id: "tiny-demo",
        state: "loaded",
        digest: "b94c",
        bytes: 2370006,
        context_length: 2048,
        quantization: "Q8_0",
        capabilities: ["chat", "tools", "json"]
      },
      {
        ...shared,
        id: "big:70b",
        state: "loadable",
        digest: "0f0f",
        bytes: 40,
        context_length: 32768,
        capabilities: ["chat", "reasoning", "json"]
      }
    ])
    // Once a model: what it can do changes only with its digest.
    expect(requests.filter(({ path }) => path === "/api/show")).toHaveLength(3)
    yield* backend.chat(ask("Hello"), collector().emit)
    yield* backend.chat(ask("Hello", { model: "big:70b", max_tokens: 9, stop: "x" }), collector().emit)
    expect(requests.filter(({ path }) => path === "/api/chat").map(({ body }) => body)).toMatchObject([
      { model: "tiny-demo:latest", stream: true, options: { num_ctx: 2048, num_predict: 64 } },
      { model: "big:70b", options: { num_predict: 9, stop: ["x"] } }
    ])
    expect(requests.at(-1)?.body).not.toHaveProperty("options.num_ctx")
  }))

test("speaks Ollama's own form: objects for arguments, bare base64 for images, names for tool answers", () => {
  const body = requestBody(
    ask("", {
      messages: [
        { role: "developer", content: "Be brief." },
        {
          role: "user",
          content: [
            { type: "text", text: "What?" },
            { type: "image_url", image_url: { url: "data:image/png;base64,AAAA" } }
          ]
        },
        {
          role: "assistant",
          content: null,
          tool_calls: [{ id: "a", type: "function", function: { name: "look", arguments: '{"at":1}' } }]
        },
        { role: "tool", tool_call_id: "a", content: "a fox" }
      ],
      response_format: { type: "json_schema", json_schema: { name: "x", schema: { type: "object" } } }
    }),
    "m",
    2048
  )
  expect(body.messages).toEqual([
    { role: "system", content: "Be brief." },
    { role: "user", content: "What?", images: ["AAAA"] },
    { role: "assistant", content: "", tool_calls: [{ id: "a", function: { name: "look", arguments: { at: 1 } } }] },
    { role: "tool", content: "a fox", tool_call_id: "a", tool_name: "look" }
  ])
  expect(body.format).toEqual({ type: "object" })
  expect(() => requestBody(ask("", { tool_choice: "required" }), "m", 1)).toThrow("tool_choice")
})

test("reads the errors that Ollama packs into strings", () => {
  const inner = {
    error: {
      code: 400,
      message: "request (5010 tokens) exceeds the available context size",
      type: "exceed_context_size_error"
    }
  }
  expect(refusal(site(), 400, JSON.stringify({ error: JSON.stringify(inner) }))).toMatchObject({
    fault: "context_exceeded",
    message: "llama.cpp answered 400: request (5010 tokens) exceeds the available context size"
  })
  expect(refusal(site(), 404, '{"error":"model \'nope\' not found"}').fault).toBe("model_not_found")
  expect(
    refusal(site(), 503, '{"error":"server busy, please try again.  maximum pending requests exceeded"}').fault
  ).toBe("overloaded")
})
