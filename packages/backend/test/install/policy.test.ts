import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect } from "effect"
import type { ModelSource } from "../../src/install/Install.ts"
import * as policy from "../../src/install/policy.ts"

const file = (repository: string, sha256?: string): ModelSource => ({
  _tag: "HuggingFace",
  repository,
  file: "x.gguf",
  sha256
})
const sum = "a".repeat(64)

const judge = Effect.fnUntraced(function* (environment: Record<string, string>, source: ModelSource) {
  const set = yield* policy.policy.pipe(
    Effect.provideService(ConfigProvider.ConfigProvider, ConfigProvider.fromUnknown(environment))
  )
  return yield* policy
    .allowed(set, source)
    .pipe(Effect.match({ onSuccess: () => "allowed", onFailure: ({ message, reason }) => `${reason}: ${message}` }))
})

for (const [name, environment, source, expected] of [
  ["a library model", {}, { _tag: "Library", name: "qwen3:4b" }, "allowed"],
  ["a file with its checksum", {}, file("org/fox", sum), "allowed"],
  ["a file without one", {}, file("org/fox"), "SHA-256"],
  ["an address", {}, { _tag: "Url", url: "http://10.0.0.1/x.gguf", sha256: sum }, "somebody else chose"],
  ["a path", {}, { _tag: "Path", path: "/etc/passwd" }, "somebody else chose"],
  ["anything when it is off", { INFERNET_REMOTE_INSTALL: "off" }, { _tag: "Library", name: "qwen3:4b" }, "to off"],
  ["what the list names", { INFERNET_INSTALL_ALLOW: "qwen3:*, Org/*" }, file("org/fox", sum), "allowed"],
  ["what it does not", { INFERNET_INSTALL_ALLOW: "qwen3:*" }, file("org/fox", sum), "INFERNET_INSTALL_ALLOW"],
  ["anything of an empty list", { INFERNET_INSTALL_ALLOW: "," }, file("org/fox", sum), "INFERNET_INSTALL_ALLOW"]
] as const) {
  it(`judges ${name}`, () =>
    Effect.gen(function* () {
      const said = yield* judge(environment, source)
      expect(said.startsWith(expected === "allowed" ? "allowed" : "not_allowed: ")).toBe(true)
      expect(said).toContain(expected)
    }))
}

it("judges the size once it is known", () =>
  Effect.gen(function* () {
    yield* policy.sizeAllowed(5, 5)
    yield* policy.sizeAllowed(2 ** 40, undefined)
    expect(yield* Effect.flip(policy.sizeAllowed(6 * 2 ** 30, 5 * 2 ** 30))).toMatchObject({
      reason: "not_allowed",
      message: "it has 6.0 GiB; this node takes 5.0 GiB at most (INFERNET_INSTALL_MAX_BYTES)"
    })
  }))
