import { expect } from "bun:test"
import type { CommandProgress } from "@infernet/contract/Command"
import type { ModelOffer } from "@infernet/contract/Node"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Deferred, Effect, Fiber, FileSystem, Layer, Queue, Stream } from "effect"
import { TestClock } from "effect/testing"
import { can } from "../src/Ability.ts"
import type { Backend } from "../src/Backend.ts"
import { chatOnly } from "../src/chatOnly.ts"
import { Download } from "../src/install/Download.ts"
import { HuggingFace } from "../src/install/HuggingFace.ts"
import type { InstallError, ModelSource, OnProgress } from "../src/install/Install.ts"
import { ModelFiles } from "../src/install/ModelFiles.ts"
import * as Installs from "../src/Installs.ts"
import * as Known from "../src/Known.ts"
import * as Occupancy from "../src/Occupancy.ts"
import { plan as readPlan } from "../src/Plan.ts"
import type { Rounds } from "../src/Rounds.ts"
import { surroundings } from "./surroundings.ts"

const offer = (id: string): ModelOffer => ({
  id,
  backend: "ollama",
  state: "loadable",
  capabilities: ["chat"],
  slots: 1
})

/** A backend that installs what it is told when the test says so, and that has a model already. */
const ollama = Effect.fnUntraced(function* (address: string) {
  const asked = yield* Queue.unbounded<{ readonly source: ModelSource; readonly progress: OnProgress }>()
  const release = yield* Deferred.make<string, InstallError>()
  const stopped = yield* Deferred.make<void>()
  const removed: Array<string> = []
  const backend: Backend = {
    kind: "ollama",
    address,
    version: "1",
    models: Effect.succeed([]),
    chat: () => Effect.never,
    ...chatOnly("the test's Ollama"),
    install: can((source, progress) =>
      Queue.offer(asked, { source, progress }).pipe(
        Effect.andThen(Deferred.await(release)),
        Effect.onInterrupt(() => Deferred.succeed(stopped, undefined))
      )
    ),
    remove: can((model) => Effect.sync(() => void removed.push(model)))
  }
  return { asked, release, stopped, removed, known: { ...Known.make(backend), up: true, offers: [offer("owl")] } }
})

const world = Effect.fnUntraced(function* (
  environment: Record<string, string> = {},
  address = "http://127.0.0.1:11434"
) {
  const there = yield* ollama(address)
  const known: Array<Known.Known> = [there.known]
  let refreshed = 0
  const published = yield* Queue.unbounded<void>()
  const rounds: Rounds = {
    known: () => known,
    snapshot: () => Known.snapshotOf(known, () => true),
    changes: Stream.empty,
    ring: () => undefined,
    refresh: Effect.sync(() => {
      refreshed += 1
      return Known.snapshotOf(known, () => true)
    }),
    publish: Effect.asVoid(Queue.offer(published, undefined)),
    suspect: () => Effect.void
  }
  const settings = ConfigProvider.layer(ConfigProvider.fromUnknown(environment))
  const context = yield* Layer.build(
    Layer.mergeAll(Download.layer, HuggingFace.layer).pipe(
      Layer.provideMerge(surroundings),
      Layer.provideMerge(settings)
    )
  )
  const occupancy = Occupancy.make()
  const plan = yield* readPlan.pipe(Effect.provideContext(context))
  const installs = yield* Installs.make(plan, rounds, occupancy).pipe(Effect.provideContext(context))
  const files = yield* ModelFiles.pipe(Effect.provideContext(context))
  const fs = yield* FileSystem.FileSystem.pipe(Effect.provideContext(context))
  const refusal = (source: ModelSource, to?: Parameters<typeof installs.install>[1]) =>
    Effect.map(
      Effect.flip(installs.install(source, to, () => undefined)),
      ({ message, reason }) => `${reason}: ${message}`
    )
  return { ...there, known, published, occupancy, installs, files, fs, refusal, refreshed: () => refreshed }
})

const library = (name: string): ModelSource => ({ _tag: "Library", name })

it("lets Ollama fetch a library model, and offers it at once", () =>
  Effect.gen(function* () {
    const { asked, installs, refreshed, release } = yield* world()
    const heard: Array<CommandProgress> = []
    const fiber = yield* installs
      .install(library("qwen3:4b"), undefined, (news) => void heard.push(news))
      .pipe(Effect.forkChild({ startImmediately: true }))
    const { progress, source } = yield* Queue.take(asked)
    expect(source).toEqual(library("qwen3:4b"))
    progress({ phase: "downloading", completed_bytes: 1, total_bytes: 2 })
    yield* Deferred.succeed(release, "qwen3:4b")
    expect(yield* Fiber.join(fiber)).toBe("qwen3:4b")
    expect(heard.map(({ phase }) => phase)).toEqual(["checking", "downloading", "loading"])
    expect(refreshed()).toBe(1)
  }))

it("refuses what does not fit before it asks anybody, unless the backend is on another machine", () =>
  Effect.gen(function* () {
    const here = yield* world()
    expect(yield* here.refusal(library("llama3.3:70b"))).toStartWith("does_not_fit: it needs 35")
    expect(yield* Queue.size(here.asked)).toBe(0)
    const elsewhere = yield* world({}, "http://gpu-1:11434")
    yield* Deferred.succeed(elsewhere.release, "llama3.3:70b")
    expect(yield* elsewhere.installs.install(library("llama3.3:70b"), undefined, () => undefined)).toBe("llama3.3:70b")
  }))

it("stops a download that turns out to be larger than it may be", () =>
  Effect.gen(function* () {
    const { asked, installs, stopped } = yield* world()
    const fiber = yield* installs
      .install(library("fox"), undefined, () => undefined, { maxBytes: 1000 })
      .pipe(Effect.flip, Effect.forkChild({ startImmediately: true }))
    const { progress } = yield* Queue.take(asked)
    progress({ phase: "downloading", completed_bytes: 1, total_bytes: 1001 })
    expect((yield* Fiber.join(fiber)).reason).toBe("not_allowed")
    yield* Deferred.await(stopped)
  }))

it("says which backend is missing, and what to do", () =>
  Effect.gen(function* () {
    const { known, refusal } = yield* world({ INFERNET_BACKEND: "ollama" })
    const path: ModelSource = { _tag: "Path", path: "/nowhere.gguf" }
    expect(yield* refusal(path, "embedded")).toBe(
      'unsupported: INFERNET_BACKEND leaves the embedded engine out: add "embedded" to it'
    )
    expect(yield* refusal(library("fox"), "vllm")).toBe("unsupported: no vllm answers here: see infernet doctor")
    known.length = 0
    expect(yield* refusal(library("fox"))).toContain("need Ollama, which does not answer")
  }))

it("puts a file into the folder of this node's own", () =>
  Effect.gen(function* () {
    const { files, installs, refreshed } = yield* world()
    const path = Bun.fileURLToPath(new URL("../assets/tiny-demo-q8_0.gguf", import.meta.url))
    expect(yield* installs.install({ _tag: "Path", path }, undefined, () => undefined)).toBe("tiny-demo-q8_0")
    expect((yield* files.list).map(({ name }) => name)).toEqual(["tiny-demo-q8_0"])
    expect(refreshed()).toBe(1)
    yield* installs.remove("tiny-demo-q8_0")
    expect(yield* files.list).toEqual([])
  }))

it("takes a model away once its last chat is done, and lets no new one begin", () =>
  Effect.gen(function* () {
    const { installs, occupancy, published, removed } = yield* world()
    const end = yield* Deferred.make<void>()
    yield* occupancy.during("owl", Deferred.await(end)).pipe(Effect.forkChild({ startImmediately: true }))
    const fiber = yield* installs.remove("owl").pipe(Effect.forkChild({ startImmediately: true }))
    yield* Queue.take(published)
    expect(occupancy.open("owl")).toBe(false)
    expect(removed).toEqual([])
    yield* Deferred.succeed(end, undefined)
    yield* Fiber.join(fiber)
    expect(removed).toEqual(["owl"])
    expect(occupancy.open("owl")).toBe(true)
  }))

it("keeps a model whose chat does not end within five minutes", () =>
  Effect.gen(function* () {
    const { installs, occupancy, published, removed } = yield* world()
    yield* occupancy.during("owl", Effect.never).pipe(Effect.forkChild({ startImmediately: true }))
    const fiber = yield* installs.remove("owl").pipe(Effect.flip, Effect.forkChild({ startImmediately: true }))
    yield* Queue.take(published)
    yield* TestClock.adjust("5 minutes")
    expect((yield* Fiber.join(fiber)).message).toContain('"owl" is still in use after 5 minutes')
    expect(removed).toEqual([])
    expect(occupancy.open("owl")).toBe(true)
  }))

it("removes nothing that it has not, and nothing that its backend keeps", () =>
  Effect.gen(function* () {
    const { installs, known } = yield* world()
    expect((yield* Effect.flip(installs.remove("fox"))).reason).toBe("not_found")
    const vllm = yield* ollama("http://127.0.0.1:8000")
    known.push({ ...vllm.known, backend: { ...vllm.known.backend, kind: "vllm", ...chatOnly("vLLM") } })
    expect(yield* Effect.flip(installs.remove("owl"))).toMatchObject({
      reason: "unsupported",
      message: "vLLM serves the models it was started with"
    })
  }))
