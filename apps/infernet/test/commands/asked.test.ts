import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { asked, type Given } from "../../src/commands/model/asked.ts"

const given = (name: string, more: Partial<Given> = {}) =>
  asked({ name, file: undefined, sha256: undefined, backend: undefined, ...more })

const repository = { _tag: "Repository", repository: "Qwen/Qwen3-4B-GGUF", file: undefined, sha256: undefined }

it("knows library models, repositories, addresses and files by their form", () =>
  Effect.sync(() => {
    expect(given("qwen3:4b")).toEqual({ _tag: "Library", name: "qwen3:4b" })
    expect(given("someone/model:tag")).toEqual({ _tag: "Library", name: "someone/model:tag" })
    expect(given("someone/model", { backend: "ollama" })).toEqual({ _tag: "Library", name: "someone/model" })
    expect(given("Qwen/Qwen3-4B-GGUF")).toEqual(repository as never)
    expect(given("hf.co/Qwen/Qwen3-4B-GGUF")).toEqual(repository as never)
    expect(given("https://huggingface.co/Qwen/Qwen3-4B-GGUF?library=gguf")).toEqual(repository as never)
    const page = "https://huggingface.co/Qwen/Qwen3-4B-GGUF/blob/main/Qwen3-4B-Q8_0.gguf"
    expect(given(page)).toEqual({ ...repository, file: "Qwen3-4B-Q8_0.gguf" } as never)
    expect(given("https://example.com/m.gguf")).toMatchObject({ _tag: "Url", url: "https://example.com/m.gguf" })
    for (const path of ["./m.gguf", "/m", "~/m", "m.gguf", "../m"]) expect(given(path)).toEqual({ _tag: "Path", path })
  }))

it("takes a file and a checksum where they mean something, and says so where they do not", () =>
  Effect.sync(() => {
    const sha256 = "a".repeat(64)
    const whole = { ...repository, file: "q.gguf", sha256 }
    expect(given("Qwen/Qwen3-4B-GGUF", { file: "q.gguf", sha256: `sha256:${"A".repeat(64)}` })).toEqual(whole as never)
    expect(given("Qwen/Qwen3-4B-GGUF", { file: "q.gguf", sha256, backend: "ollama" })).toEqual(whole as never)
    const faults = [
      given("qwen3:4b", { file: "q.gguf" }),
      given("qwen3:4b", { sha256 }),
      given("./m.gguf", { sha256 }),
      given("https://example.com/m.gguf", { file: "q.gguf" }),
      given("Qwen/Qwen3-4B-GGUF", { sha256: "abc" })
    ]
    for (const fault of faults) expect(fault).toMatchObject({ _tag: "Fault", message: expect.stringContaining("--") })
  }))
