import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { stranger, vllm, world } from "./backendsWorld.ts"

const answering = (status: number, body: string) => ({ "/v1/models": () => new Response(body, { status }) })

it("says of every address what was found there, and why it is not used", () =>
  Effect.gen(function* () {
    const { backends } = yield* world(
      { LLAMACPP_HOST: "page,locked,loading,empty,other", LLAMASWAP_HOST: "llama", INFERNET_SERVED_MODELS: "fox-7b" },
      (servers) => {
        servers.set("127.0.0.1:8000", vllm())
        servers.set("127.0.0.1:8080", stranger)
        servers.set("127.0.0.1:30000", vllm())
        servers.set("page:8080", answering(200, "<html>"))
        servers.set("locked:8080", answering(401, '{"error":{"message":"Invalid API Key"}}'))
        servers.set("loading:8080", answering(503, '{"error":{"message":"Loading model"}}'))
        servers.set("empty:8080", {
          "/v1/models": () => Response.json({ object: "list", data: [] }),
          "/props": () => Response.json({ role: "router", build_info: "b1" })
        })
        servers.set("other:8080", vllm("owl-3b"))
      }
    )
    const told = (yield* backends.verdicts).map(({ address, kind, models, reason, used, version }) => [
      address.replace("http://", ""),
      `${kind} ${version ?? "?"} ${used ? models.map(({ id }) => id).join() : "unused"}`,
      reason
    ])
    expect(told).toEqual([
      ["127.0.0.1:11434", "ollama ? unused", "Ollama does not answer: connection refused"],
      ["127.0.0.1:8000", "vllm 0.32.0 fox-7b", ""],
      [
        "127.0.0.1:30000",
        "vllm ? unused",
        "vLLM answers where SGLang is looked for: to use it, set INFERNET_BACKEND=http://127.0.0.1:30000"
      ],
      [
        "127.0.0.1:8080",
        "openai ? unused",
        "an OpenAI-compatible server of an unknown make answers there; it may be a gateway to a paid account: to use it, set INFERNET_BACKEND=http://127.0.0.1:8080"
      ],
      ["llama:8080", "llamaswap ? unused", "llama-swap does not answer: connection refused"],
      [
        "page:8080",
        "llamacpp ? unused",
        "what answers there is no inference server (llama.cpp answered /v1/models with something but JSON): correct the address, or start the server there"
      ],
      [
        "locked:8080",
        "llamacpp ? unused",
        "llama.cpp refused the node's own credentials (401): Invalid API Key. Set LLAMACPP_API_KEY."
      ],
      ["loading:8080", "llamacpp ? unused", "llama.cpp answered 503: Loading model; it is used as soon as it is ready"],
      ["empty:8080", "llamacpp b1 unused", "it answers, but serves no model: start it with one"],
      ["other:8080", "vllm 0.32.0 unused", "served_models (INFERNET_SERVED_MODELS) names none of its 1 models"],
      [
        "in process",
        "embedded ? unused",
        "another backend answers, and the models folder holds nothing that it does not serve"
      ]
    ])
  }))

it("knows llama-swap at an address that may be anything, though its front page leads elsewhere", () =>
  Effect.gen(function* () {
    const data = [{ id: "fox-7b", object: "model", owned_by: "llama-swap" }]
    const { backends } = yield* world({ INFERNET_BACKEND: "swap:8080" }, (servers) => {
      servers.set("swap:8080", {
        "/": () => new Response(null, { status: 302, headers: { location: "/ui" } }),
        "/v1/models": () => Response.json({ object: "list", data })
      })
    })
    expect(yield* backends.verdicts).toMatchObject([{ kind: "llamaswap", used: true }])
  }))
