import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import type { Given } from "../../src/commands/model/asked.ts"
import { installOf, removalOf } from "../../src/commands/model/remote.ts"

const given = (name: string, more: Partial<Given> = {}) =>
  installOf({ name, file: undefined, sha256: undefined, backend: undefined, ...more })

const sha256 = "a".repeat(64)

it("asks a node elsewhere for models by name only", () =>
  Effect.sync(() => {
    expect(given("qwen3:4b")).toEqual({ kind: "model_install", model: "qwen3:4b" })
    const page = "https://huggingface.co/org/name/blob/main/q.gguf"
    expect(given(page, { sha256 })).toEqual({ kind: "model_install", model: "org/name", file: "q.gguf", sha256 })
    expect(removalOf("org/name:q8")).toEqual({ kind: "model_remove", model: "org/name:q8" })
    const refused = [
      given("https://example.com/q.gguf"),
      given("~/q.gguf"),
      given("registry.example.com/a/b:c"),
      given("org/name", { file: "../q.gguf", sha256 }),
      given("org/name", { file: "q.gguf" }),
      given("qwen3:4b", { backend: "ollama" }),
      removalOf("/etc/passwd")
    ]
    for (const answer of refused) expect(answer).toBeString()
  }))
