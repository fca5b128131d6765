import { describe, expect } from "bun:test"
import { NodeId } from "@infernet/contract/Id"
import type { Capability, ModelOffer } from "@infernet/contract/Node"
import { needsOf } from "@infernet/routing/needs"
import { Router, type Want } from "@infernet/routing/Router"
import { it } from "@infernet/testing/harness"
import { Context, Effect, Layer } from "effect"

const node = (n: number) => NodeId.make(`0x${n.toString(16).padStart(40, "0")}`)
const sha = (digit: string) => digit.repeat(64)

const offer = (id: string, part: Partial<ModelOffer> = {}): ModelOffer => ({
  id,
  backend: "openai",
  state: "loaded",
  capabilities: ["chat"],
  slots: 4,
  ...part
})

const wanting = (model: string, part: Partial<Want> = {}): Want => ({
  model,
  promptTokens: 100,
  expectedTokens: 256,
  exclude: new Set(),
  ...part
})

const needing = (...capabilities: ReadonlyArray<Capability>) => ({ needs: { capabilities, contextLength: 1 } })
const long = (contextLength: number) => ({ needs: { capabilities: [], contextLength } })

/** A router over nodes 1, 2 … with these offers, and who of them is chosen for a model, by the node's own spelling. */
const network = Effect.fnUntraced(function* (...nodes: ReadonlyArray<ReadonlyArray<ModelOffer>>) {
  const router = Context.get(yield* Layer.build(Layer.fresh(Router.layer)), Router)
  const put = (n: number, ...models: ReadonlyArray<ModelOffer>) =>
    router.put(node(n), { models, inFlight: 0, draining: false })
  for (const [i, models] of nodes.entries()) put(i + 1, ...models)
  /** All that would be chosen one after the other, sorted. */
  const chosen = (model: string, part: Partial<Want> = {}) => {
    const bookings = Array.from({ length: 40 }, () => router.choose(wanting(model, part)))
    const names = bookings.flatMap((answer) => ("_tag" in answer ? [] : [`${Number(answer.node)} ${answer.model}`]))
    for (const answer of bookings) if (!("_tag" in answer)) answer.release()
    return [...new Set(names)].sort()
  }
  const list = () => [...router.models()].map(([id, entries]) => [id, entries.length])
  return { ...router, chosen, list, put }
})

describe("one model under several spellings", () => {
  it("is found by each of them, and dispatched by the node's own", () =>
    Effect.gen(function* () {
      const { advertised, chosen, list } = yield* network(
        [offer("qwen2.5:7b", { backend: "ollama", quantization: "Q4_K_M" })],
        [offer("Qwen/Qwen2.5-7B-Instruct", { backend: "vllm" })],
        [offer("qwen2.5-7b-instruct-q8_0", { backend: "llamacpp" })],
        [offer("Qwen/Qwen2.5-7B", { backend: "vllm" })]
      )
      const all = ["1 qwen2.5:7b", "2 Qwen/Qwen2.5-7B-Instruct", "3 qwen2.5-7b-instruct-q8_0"]
      for (const spelling of [
        "qwen2.5-7b-instruct",
        "qwen2.5:7b",
        "Qwen/Qwen2.5-7B-Instruct",
        "unsloth/QWEN2.5-7B-Instruct"
      ]) {
        expect(chosen(spelling), spelling).toEqual(all)
        expect(advertised(spelling)).toBe("qwen2.5-7b-instruct")
      }
      expect(chosen("qwen2.5-7b")).toEqual(["4 Qwen/Qwen2.5-7B"])
      expect(list()).toEqual([
        ["qwen2.5-7b-instruct", 3],
        ["qwen2.5-7b", 1]
      ])
    }))

  it("is had in one quantisation where the name says one", () =>
    Effect.gen(function* () {
      const { choose, chosen } = yield* network(
        [offer("qwen2.5:7b", { quantization: "Q4_K_M" })],
        [offer("qwen2.5:7b-instruct-q8_0")],
        [offer("Qwen/Qwen2.5-7B-Instruct")],
        [offer("Qwen2.5-7B-Instruct", { quantization: "Q8_0" })]
      )
      expect(chosen("qwen2.5:7b-instruct-q4_K_M")).toEqual(["1 qwen2.5:7b"])
      expect(chosen("qwen2.5-7b-instruct-q8_0.gguf")).toEqual(["2 qwen2.5:7b-instruct-q8_0", "4 Qwen2.5-7B-Instruct"])
      expect(choose(wanting("Qwen/Qwen2.5-7B-Instruct-AWQ"))).toMatchObject({ _tag: "NoNode" })
    }))

  it("follows its offers as they come and go", () =>
    Effect.gen(function* () {
      const { choose, chosen, list, put, remove } = yield* network([offer("llama3.2:1b")], [offer("phi4")])
      put(1, offer("llama3.2:1b"), offer("Phi-4-Q4_K_M"))
      expect(chosen("microsoft/phi-4")).toEqual(["1 Phi-4-Q4_K_M", "2 phi4"])
      remove(node(2))
      expect(chosen("microsoft/phi-4")).toEqual(["1 Phi-4-Q4_K_M"])
      put(1, offer("llama3.2:1b", { capabilities: ["chat", "vision"] }))
      expect(choose(wanting("phi-4"))).toEqual({ _tag: "NoNode" })
      expect(chosen("llama-3.2-1b-instruct", { needs: { capabilities: ["vision"], contextLength: 1 } })).toHaveLength(1)
      expect(list()).toEqual([["llama-3.2-1b-instruct", 1]])
    }))

  it("is named once when another one was meant", () =>
    Effect.gen(function* () {
      const { choose } = yield* network(
        [offer("qwen3:8b"), offer("Qwen/Qwen3-8B")],
        [offer("gemma3:12b"), offer("phi4")]
      )
      expect(choose(wanting("qwen3:8c"))).toEqual({ _tag: "UnknownModel", nearest: ["qwen3:8b", "gemma3:12b", "phi4"] })
    }))
})

describe("a digest", () => {
  it("makes one model of what has several names, and is known by each", () =>
    Effect.gen(function* () {
      const { advertised, chosen, list } = yield* network(
        [offer("qwen2.5:7b", { digest: sha("a") })],
        [offer("my-qwen", { digest: `sha256:${sha("A")}` })],
        [offer("my-llama", { digest: sha("b") })]
      )
      expect(list()).toEqual([
        ["qwen2.5-7b-instruct", 2],
        ["my-llama", 1]
      ])
      const both = ["1 qwen2.5:7b", "2 my-qwen"]
      expect(chosen("Qwen/Qwen2.5-7B-Instruct")).toEqual(both)
      expect(chosen("my-qwen")).toEqual(both)
      expect(advertised("my-qwen")).toBe("qwen2.5-7b-instruct")
      expect(chosen("my-llama")).toEqual(["3 my-llama"])
    }))

  it("tells apart what has one name", () =>
    Effect.gen(function* () {
      const { choose, chosen } = yield* network(
        [offer("qwen2.5:7b", { digest: sha("a") })],
        [offer("qwen2.5:7b", { digest: sha("b") })],
        [offer("qwen2.5:7b")],
        [offer("phi4", { digest: sha("c") })]
      )
      expect(chosen("qwen2.5:7b")).toHaveLength(3)
      expect(chosen(`qwen2.5:7b@sha256:${"a".repeat(12)}`)).toEqual(["1 qwen2.5:7b"])
      expect(chosen(`qwen2.5-7b-instruct@sha256:${sha("B")}`)).toEqual(["2 qwen2.5:7b"])
      expect(chosen(`qwen2.5:7b@sha256:${"c".repeat(12)}`)).toEqual([])
      // Too few digits are no digest, and no model has such a name.
      expect(choose(wanting("qwen2.5:7b@sha256:aaaaaaaaaaa"))).toMatchObject({ _tag: "UnknownModel" })
    }))

  it("is what most nodes call it, so that one node draws nobody's offers under another name", () =>
    Effect.gen(function* () {
      const honest = [offer("llama3.2:1b", { digest: sha("a") })]
      const lies = Array.from({ length: 20 }, (_, i) => offer(`qwen2.5:7b-instruct-q${i}`, { digest: sha("a") }))
      const { chosen, list, remove } = yield* network(honest, honest, lies, [offer("qwen2.5:7b", { digest: sha("d") })])
      expect(chosen("qwen2.5:7b")).toEqual(["4 qwen2.5:7b"])
      expect(chosen("llama3.2:1b").slice(0, 2)).toEqual(["1 llama3.2:1b", "2 llama3.2:1b"])
      remove(node(3))
      expect(list()).toEqual([
        ["llama-3.2-1b-instruct", 2],
        ["qwen2.5-7b-instruct", 1]
      ])
    }))

  it("leaves nothing behind, whatever comes and goes", () =>
    Effect.gen(function* () {
      const { list, put, remove } = yield* network()
      const names = ["qwen2.5:7b", "my-model", "llama3.2:1b", "Qwen/Qwen2.5-7B-Instruct"]
      let dice = 7
      const below = (n: number) => (dice = (dice * 48_271) % 2_147_483_647) % n
      for (let step = 0; step < 2_000; step++) {
        const id = below(5) + 1
        const models = Array.from({ length: below(4) }, () =>
          offer(names[below(4)] ?? "", below(3) > 0 ? { digest: sha(String(below(3))) } : {})
        )
        if (below(4) === 0) remove(node(id))
        else put(id, ...models)
      }
      for (const id of [1, 2, 3, 4, 5]) put(id, offer("llama3.2:1b", { digest: sha("0") }))
      expect(list()).toEqual([["llama-3.2-1b-instruct", 5]])
      for (const id of [1, 2, 3, 4, 5]) remove(node(id))
      expect(list()).toEqual([])
    }))
})

it("a demo model goes by its own name only, and lends it to nobody", () =>
  Effect.gen(function* () {
    const demo = { demo: true, digest: sha("a") }
    const { choose, chosen, list } = yield* network(
      [offer("tiny-demo", demo)],
      [offer("tiny-qwen", { digest: sha("a") })]
    )
    expect(chosen("tiny-demo")).toEqual(["1 tiny-demo"])
    for (const other of ["Tiny-Demo", "tiny_demo.gguf", "tiny-demo-q8_0", `tiny-demo@sha256:${sha("a")}`]) {
      expect(chosen(other), other).toEqual([])
    }
    expect(choose(wanting("Tiny-Demo"))).toEqual({ _tag: "UnknownModel", nearest: ["tiny-demo", "tiny-qwen"] })
    expect(chosen("tiny-qwen")).toEqual(["2 tiny-qwen"])
    expect(list()).toEqual([
      ["tiny-demo", 1],
      ["tiny-qwen", 1]
    ])
  }))

describe("what a request needs", () => {
  const image = { type: "image_url" as const, image_url: { url: "data:image/png;base64,AAAA" } }
  const request = { model: "m", messages: [{ role: "user" as const, content: "hi" }], max_tokens: 64 }
  const tool = { type: "function" as const, function: { name: "weather" } }
  const capabilitiesOf = (part: Partial<Parameters<typeof needsOf>[0]>) =>
    needsOf({ ...request, ...part }, 5).capabilities

  it("is read from its fields", () =>
    Effect.sync(() => {
      expect(capabilitiesOf({})).toEqual(["chat"])
      expect(capabilitiesOf({ tools: [] })).toEqual(["chat"])
      expect(capabilitiesOf({ tools: [tool] })).toEqual(["chat", "tools"])
      expect(capabilitiesOf({ response_format: { type: "text" } })).toEqual(["chat"])
      expect(capabilitiesOf({ response_format: { type: "json_object" } })).toEqual(["chat", "json"])
      expect(capabilitiesOf({ logprobs: false })).toEqual(["chat"])
      expect(capabilitiesOf({ logprobs: true })).toEqual(["chat", "logprobs"])
      expect(capabilitiesOf({ messages: [{ role: "user", content: [image] }] })).toEqual(["chat", "vision"])
      expect(needsOf(request, 5_000).contextLength).toBe(4_096)
      expect(needsOf(request, 0).contextLength).toBe(1)
    }))

  it("is looked for among the offers, and refused by name where none has it", () =>
    Effect.gen(function* () {
      const { choose, chosen } = yield* network(
        [offer("qwen2.5:7b", { capabilities: ["chat"] })],
        [offer("Qwen/Qwen2.5-7B-Instruct", { capabilities: ["chat", "tools"] })],
        [offer("qwen2.5-7b-instruct", { capabilities: ["chat", "json"] })],
        [offer("bge-m3", { capabilities: ["embedding"] })]
      )
      expect(chosen("qwen2.5:7b", needing("chat", "tools"))).toEqual(["2 Qwen/Qwen2.5-7B-Instruct"])
      const ask = (model: string, part: Partial<Want>) => choose(wanting(model, part))
      expect(ask("qwen2.5:7b", needing("chat", "vision"))).toEqual({ _tag: "Lacking", capability: "vision" })
      // Each is had, but nowhere together.
      expect(ask("qwen2.5:7b", needing("tools", "json"))).toEqual({ _tag: "Lacking", capability: "json" })
      expect(ask("bge-m3", needing("chat"))).toEqual({ _tag: "Lacking", capability: "chat" })
      expect(ask("qwen2.5:7b", { ...needing("tools"), pin: node(1) })).toEqual({ _tag: "Lacking", capability: "tools" })
      expect(ask("qwen2.5:7b", { ...needing("tools"), exclude: new Set([node(2)]) })).toEqual({ _tag: "NoNode" })
      expect(ask("qwen2.5:7b", { ...needing("tools"), pin: node(9) })).toEqual({ _tag: "NoNode" })
    }))

  it("sends long prompts to long contexts, and leaves it to the backend where none is long enough", () =>
    Effect.gen(function* () {
      const { chosen } = yield* network(
        [offer("m", { context_length: 2_048 })],
        [offer("m", { context_length: 32_768 })],
        [offer("m")]
      )
      expect(chosen("m", long(1_024))).toEqual(["1 m", "2 m", "3 m"])
      expect(chosen("m", long(8_192))).toEqual(["2 m", "3 m"])
      const { chosen: short } = yield* network([offer("m", { context_length: 2_048 })])
      expect(short("m", long(8_192))).toEqual(["1 m"])
    }))

  it("does not slow a choice down, however many offer the model", () =>
    Effect.gen(function* () {
      const models = ["qwen2.5:7b", ...Array.from({ length: 19 }, (_, i) => `model-${i}-7b`)]
      const { choose } = yield* network(...Array.from({ length: 2_000 }, () => models.map((id) => offer(id))))
      const want = wanting("Qwen/Qwen2.5-7B-Instruct", { needs: { capabilities: ["chat"], contextLength: 64 } })
      for (let i = 0; i < 100; i++) choose(want)
      const started = performance.now()
      for (let i = 0; i < 200; i++) choose(want)
      // Measured: 0.2 ms each. The limit is for a machine that does much else.
      expect(performance.now() - started).toBeLessThan(200 * 5)
    }))
})
