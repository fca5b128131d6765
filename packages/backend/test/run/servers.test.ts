import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { misplaced } from "../../src/run/Server.ts"
import { servers } from "../../src/run/servers.ts"

const args = (kind: keyof typeof servers, from: string, alias?: string) =>
  servers[kind].args({ from, alias }, 1234).join(" ")

const parser = (kind: "vllm" | "sglang", model: string) => /--tool-call-parser (\S+)/.exec(args(kind, model))?.[1]

it("serves this machine alone, under the name that clients know, with what a node wants to be told", () =>
  Effect.sync(() => {
    expect(args("vllm", "Qwen/Qwen3-8B")).toBe(
      "serve Qwen/Qwen3-8B --host 127.0.0.1 --port 1234 --enable-auto-tool-choice --tool-call-parser hermes --enable-prompt-tokens-details"
    )
    expect(args("sglang", "/m/tiny", "tiny")).toBe(
      "serve --model-path /m/tiny --served-model-name tiny --host 127.0.0.1 --port 1234 --tool-call-parser hermes --enable-metrics --enable-cache-report"
    )
    expect(args("max", "/m/tiny", "tiny")).toBe(
      "serve --model /m/tiny --served-model-name tiny --host 127.0.0.1 --port 1234"
    )
    expect(args("llamacpp", "/m/tiny.gguf", "tiny")).toStartWith("--model /m/tiny.gguf --alias tiny --host 127.0.0.1")
    expect(args("llamacpp", "ggml-org/gemma-3-4b-it-GGUF")).toStartWith("-hf ggml-org/gemma-3-4b-it-GGUF --host")
  }))

it("reads the tool calls of each family of models in its own format", () =>
  Effect.sync(() => {
    expect(parser("vllm", "meta-llama/Llama-3.1-8B-Instruct")).toBe("llama3_json")
    expect(parser("sglang", "meta-llama/Llama-3.1-8B-Instruct")).toBe("llama3")
    expect(parser("vllm", "mistralai/Mistral-Small-24B")).toBe("mistral")
    expect(parser("vllm", "Qwen/Qwen3-Coder-30B-A3B-Instruct")).toBe("qwen3_coder")
    expect(parser("vllm", "NousResearch/Hermes-4-70B")).toBe("hermes")
  }))

it("keeps the address to itself, and lets every other flag pass", () =>
  Effect.sync(() => {
    expect(misplaced(["--max-model-len", "2048", "--port", "1"])).toBe("--port")
    expect(misplaced(["--host=0.0.0.0"])).toBe("--host=0.0.0.0")
    expect(misplaced(["--portable", "--hosts"])).toBeUndefined()
  }))

it("tells for every machine how to get it, or what to run instead", () =>
  Effect.sync(() => {
    for (const server of Object.values(servers)) {
      for (const platform of ["linux", "darwin", "win32"] as const) {
        for (const gpu of ["nvidia", "amd", "apple", undefined] as const) {
          const lines = server.install({ platform, gpu })
          expect(lines.join("\n")).toMatch(/^ {2}\S|instead\.$|WSL\.$/m)
        }
      }
    }
  }))
