/** What may be asked for from afar: names of a library or a repository, never where to go. */
import { describe, expect, test } from "bun:test"
import { remoteInstall, remoteRemoval } from "@infernet/contract/RemoteModel"

const sha256 = "0".repeat(64)
const faultOf = (asked: Parameters<typeof remoteInstall>[0]) => {
  const source = remoteInstall(asked)
  return source._tag === "Fault" ? source.field : source._tag
}

describe("an installation from afar", () => {
  test.each(["qwen3:4b", "llama3.2", "library/qwen3", "someone/model:q4_K_M", "a"])(
    "names %s of a library",
    (model) => {
      expect(remoteInstall({ model })).toEqual({ _tag: "Library", name: model })
    }
  )

  test.each([
    "https://example.com/m.gguf",
    "file:///etc/passwd",
    "/etc/passwd",
    "./m.gguf",
    "../m.gguf",
    "a/../b",
    "~/m.gguf",
    "C:\\m.gguf",
    "evil.example/library/m",
    "localhost:11434/m",
    "a//b",
    "m?x",
    "m#x",
    "m@sha256",
    "",
    "m m",
    "\ud800"
  ])("does not go where %j says", (model) => {
    expect(faultOf({ model })).toBe("model")
    expect(faultOf({ model, file: "m.gguf", sha256 })).toBe("model")
  })

  test("takes a file of a repository with its checksum, and nothing less", () => {
    const model = "org/name-GGUF"
    expect(remoteInstall({ model, file: "dir/m.gguf", sha256 })).toEqual({
      _tag: "HuggingFace",
      repository: model,
      file: "dir/m.gguf",
      sha256
    })
    expect(faultOf({ model, file: "m.gguf" })).toBe("sha256")
    expect(faultOf({ model: "m", sha256 })).toBe("sha256")
    expect(faultOf({ model: "m", file: "m.gguf", sha256 })).toBe("model")
    expect(faultOf({})).toBe("model")
    for (const file of [
      "/m.gguf",
      "../m.gguf",
      "a/../../m.gguf",
      "https://x/m.gguf",
      "m.gguf?x=1",
      "a\\m",
      "%2e%2e/m"
    ]) {
      expect([file, faultOf({ model, file, sha256 })]).toEqual([file, "file"])
    }
  })
})

describe("a removal from afar", () => {
  test("names a model as its node offers it, and no path", () => {
    for (const model of ["qwen3:4b", "hf.co/org/name:Q4_K_M", "name with spaces"])
      expect(remoteRemoval({ model })).toBe(model)
    for (const model of ["/models/m", "../m", "a/../m", "file://m", "~/m"]) {
      expect(remoteRemoval({ model })).toMatchObject({ field: "model" })
    }
    expect(remoteRemoval({ model: "m", file: "f" })).toMatchObject({ field: "file" })
    expect(remoteRemoval({})).toMatchObject({ field: "model" })
  })
})
