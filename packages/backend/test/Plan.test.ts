import { expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Redacted } from "effect"
import { baseUrl, parseAddress } from "../src/Address.ts"
import { plan } from "../src/Plan.ts"

const planOf = (environment: Record<string, string>) =>
  plan.pipe(Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment)))

const places = (environment: Record<string, string>) =>
  Effect.map(planOf(environment), ({ candidates, embedded }) => ({
    at: candidates.map(({ baseUrl, configured, kind }) => `${kind} ${baseUrl}${configured ? " (configured)" : ""}`),
    embedded
  }))

it("looks only at loopback's usual ports when nothing is configured", () =>
  Effect.gen(function* () {
    expect(yield* places({})).toEqual({
      at: [
        "ollama http://127.0.0.1:11434",
        "vllm http://127.0.0.1:8000",
        "sglang http://127.0.0.1:30000",
        "max http://127.0.0.1:8000",
        "max http://127.0.0.1:8080",
        "llamaswap http://127.0.0.1:8080",
        "llamacpp http://127.0.0.1:8080",
        "llamacpp http://127.0.0.1:9931"
      ],
      embedded: "fallback"
    })
  }))

it("takes what INFERNET_BACKEND names and nothing else", () =>
  Effect.gen(function* () {
    expect(yield* places({ INFERNET_BACKEND: "embedded" })).toEqual({ at: [], embedded: "only" })
    expect(yield* places({ INFERNET_BACKEND: "vllm, http://gpu.lan:9/v1/", VLLM_HOST: "10.0.0.2:81" })).toEqual({
      at: ["vllm http://10.0.0.2:81 (configured)", "openai http://gpu.lan:9 (configured)"],
      embedded: "never"
    })
    expect((yield* places({ INFERNET_BACKEND: "ollama,embedded" })).embedded).toBe("fallback")
  }))

it("takes several addresses of one kind, each once, and asks the usual place of that kind no more", () =>
  Effect.gen(function* () {
    const { at } = yield* places({ VLLM_HOST: "gpu-1,gpu-2:81,", VLLM_INSTANCES: "gpu-1:8000", LLAMASWAP_HOST: ":7" })
    expect(at.filter((one) => /vllm|llamaswap/.test(one))).toEqual([
      "vllm http://gpu-1:8000 (configured)",
      "vllm http://gpu-2:81 (configured)",
      "llamaswap http://127.0.0.1:7 (configured)"
    ])
  }))

it("reads which models are served as names in any spelling, or patterns", () =>
  Effect.gen(function* () {
    const { serves } = yield* planOf({ INFERNET_SERVED_MODELS: "Llama3.2:latest, qwen3:*" })
    const names = ["llama3.2", "LLAMA3.2:latest", "qwen3:4b", "llama3.2:1b", "llama312", "my-qwen3:4b"]
    expect(names.map(serves)).toEqual([true, true, true, false, false, false])
    expect((yield* planOf({})).serves("anything")).toBe(true)
  }))

it("keeps each key with its own server", () =>
  Effect.gen(function* () {
    const { candidates } = yield* planOf({ INFERNET_BACKEND: "vllm,sglang", VLLM_API_KEY: "k" })
    expect(candidates.map(({ apiKey }) => apiKey && Redacted.value(apiKey))).toEqual(["k", undefined])
    expect(JSON.stringify(candidates)).not.toContain('"k"')
  }))

for (const [name, environment, said] of [
  [
    "a misspelt kind",
    { INFERNET_BACKEND: "olama" },
    "INFERNET_BACKEND: expected one of embedded, ollama, vllm, sglang, max, llamaswap, llamacpp, or a base URL"
  ],
  ["an address that is none", { OLLAMA_HOST: "http://" }, "OLLAMA_HOST: expected a URL or host:port"],
  ["one address of several", { VLLM_INSTANCES: "a,http://" }, "VLLM_INSTANCES: expected a URL or host:port"],
  ["another protocol", { SGLANG_HOST: "grpc://x:1" }, 'SGLANG_HOST: expected http or https, not "grpc:"'],
  ["a password in the address", { VLLM_HOST: "http://a:b@x" }, "VLLM_HOST: expected no user name or password"]
] as const) {
  it(`names the variable at fault for ${name}`, () =>
    Effect.gen(function* () {
      expect((yield* Effect.flip(planOf(environment))).message).toContain(said)
    }))
}

const read = (text: string) => {
  const url = parseAddress(text, 11434)
  return typeof url === "string" ? url : baseUrl(url)
}

test("reads addresses as operators write them", () => {
  expect(["gpu", "gpu:81", ":81", "0.0.0.0", "[::1]:81", "https://gpu/v1/", "http://gpu/llm/v1"].map(read)).toEqual([
    "http://gpu:11434",
    "http://gpu:81",
    "http://127.0.0.1:81",
    "http://127.0.0.1:11434",
    "http://[::1]:81",
    "https://gpu",
    "http://gpu/llm"
  ])
})
