import { expect, test } from "bun:test"
import type { CommandProgress } from "@infernet/contract/Command"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber, Queue } from "effect"
import { TestClock } from "effect/testing"
import type { InstallError, ModelSource } from "../src/install/Install.ts"
import * as Ollama from "../src/ollama/OllamaBackend.ts"
import { failure } from "../src/ollama/pull/failure.ts"
import { pullName } from "../src/ollama/pull/pullName.ts"
import * as Speed from "../src/ollama/pull/Speed.ts"
import { able } from "../src/unsupported.ts"
import { fakeFetch, site as siteOf } from "./replay.ts"

const sha256 = "2cc4511da94af0a254999e7678df956f2f5faeb3c7eec94d426bed4a668ab35a"
const file = (name: string): ModelSource => ({ _tag: "HuggingFace", repository: "ada/fox-GGUF", file: name, sha256 })
const library = (name: string): ModelSource => ({ _tag: "Library", name })
const lines = (...objects: ReadonlyArray<unknown>) => objects.map((object) => `${JSON.stringify(object)}\n`).join("")
const layer = (digest: string, total: number, completed?: number) => ({
  status: `pulling ${digest}`,
  digest: `sha256:${digest}`,
  total,
  completed
})
const done = lines({ status: "verifying sha256 digest" }, { status: "writing manifest" }, { status: "success" })

const missing = () => Response.json({ error: "model 'fox' not found" }, { status: 404 })

/** An Ollama that has what was pulled from it; `answers` says what it does else. */
const made = Effect.fnUntraced(function* (
  answers: Parameters<typeof fakeFetch>[0],
  models: ReadonlyArray<unknown> = []
) {
  const { fetch, requests } = fakeFetch({
    "/api/version": () => Response.json({ version: "0.34.4" }),
    "/api/tags": () => Response.json({ models }),
    "/api/show": () => Response.json({ modelfile: `# FROM x\nFROM /var/lib/ollama/blobs/sha256-${sha256}\n` }),
    "/api/generate": () => Response.json({ done: true, done_reason: "unload" }),
    "/api/delete": () => new Response(""),
    ...answers
  })
  const backend = yield* Ollama.make(
    { ...siteOf(fetch), kind: "ollama", name: "Ollama" },
    { contextLength: 8192, slots: 1 }
  )
  const told = yield* Queue.unbounded<CommandProgress>()
  return {
    install: (source: ModelSource) =>
      Effect.flatMap(able(backend.install), (run) => run(source, (progress) => void Queue.offerUnsafe(told, progress))),
    remove: (model: string) => Effect.flatMap(able(backend.remove), (run) => run(model)),
    told,
    paths: () => requests.map(({ path }) => path)
  }
})

const said = (source: ModelSource) => {
  const name = pullName(source)
  return typeof name === "string" ? name : `${name.reason}: ${name.message}`
}

test("names what Ollama can pull, and says why it cannot pull the rest", () => {
  expect([library("qwen3"), library("ada/fox:1b"), file("fox-Q4_K_M.gguf"), file("fox (new).gguf")].map(said)).toEqual([
    "qwen3",
    "ada/fox:1b",
    "hf.co/ada/fox-GGUF:fox-Q4_K_M.gguf",
    'unsupported: Ollama cannot name the file "fox (new).gguf": choose one with a shorter name'
  ])
  expect(said(file(`${"x".repeat(80)}-UD-Q4_K_XL.gguf`))).toBe("hf.co/ada/fox-GGUF:UD-Q4_K_XL")
  for (const cloud of ["gpt-oss:cloud", "gpt-oss:120b-cloud", "x:CLOUD"]) {
    expect(said(library(cloud))).toMatch(/^unsupported: .* runs at ollama.com/)
  }
  for (const wrong of ["evil.example/a/b", "http://127.0.0.1:5000/a/b", "hf.co/ada/fox", "", "../x", "a b", "x:"]) {
    expect(said(library(wrong))).toMatch(/^unsupported: .* is no name of Ollama's library/)
  }
  expect(said(file("fox-00001-of-00003.gguf"))).toContain("one of several parts")
  expect(said(file("Q4/fox.gguf"))).toContain("in a folder")
  expect(said(file("fox.safetensors"))).toContain("not a GGUF file")
  expect(said({ _tag: "Path", path: "/home/ada/fox.gguf" })).not.toContain("/home")
})

const failures: ReadonlyArray<readonly [said: string, reason: string]> = [
  ["pull model manifest: file does not exist", "not_found"],
  ['pull model manifest: 400: {"error":"The specified tag is not available in the repository."}', "not_found"],
  [
    'pull model manifest: Get "https://registry.ollama.ai/v2/library/x/manifests/latest": dial tcp: lookup registry.ollama.ai on 192.0.2.53:53: no such host',
    "unreachable"
  ],
  ["max retries exceeded: unexpected EOF", "unreachable"],
  ["write /var/lib/ollama/blobs/sha256-2cc4-partial: no space left on device", "does_not_fit"],
  ["There is not enough space on the disk.", "does_not_fit"],
  ["digest mismatch, file must be downloaded again: want sha256:a, got sha256:b", "checksum_mismatch"],
  ['pull model manifest: 401: {"error":"Invalid username or password."}', "not_allowed"],
  ["pull model manifest: 412: \n\nThe model you are pulling requires a newer version of Ollama.\n", "unsupported"],
  ['pull model manifest: 400: {"error":"The specified tag is a sharded GGUF."}', "unsupported"],
  ["open /var/lib/ollama/blobs/x: permission denied\u001b[K\u001b[?25h", "failed"]
]

test("says of each failure what to do, without paths, codes or addresses", () => {
  for (const [said, reason] of failures) {
    const error = failure("fox", said)
    expect([said, error.reason]).toEqual([said, reason as InstallError["reason"]])
    // oxlint-disable-next-line no-control-regex -- control characters are what is looked for
    expect(error.message).not.toMatch(/\u001b|\/var|192\.0|https?:|[\u0000-\u001f]/)
  }
})

const downloading = (completed_bytes: number, total_bytes: number, bytes_per_second?: number) => ({
  phase: "downloading",
  completed_bytes,
  total_bytes,
  ...(bytes_per_second !== undefined && { bytes_per_second })
})

it("tells how far the download is over all its files, and how fast it goes now", () =>
  Effect.gen(function* () {
    const send = new TransformStream<string, string>()
    const writer = send.writable.getWriter()
    const body = send.readable.pipeThrough(new TextEncoderStream())
    const { install, told } = yield* made({ "/api/pull": () => new Response(body) }, [{ name: "fox:1b", digest: "d" }])
    const installing = yield* install(library("FOX:1b")).pipe(Effect.forkChild({ startImmediately: true }))
    /** What is told of a line, before the next is sent. */
    const say = (object: unknown) =>
      Effect.promise(() => writer.write(lines(object))).pipe(Effect.andThen(Queue.take(told)))
    const heard: Array<unknown> = [yield* Queue.take(told)]
    heard.push(yield* say({ status: "pulling manifest" }))
    // What an earlier pull left there was not fetched at any speed.
    heard.push(yield* say(layer("a", 1000, 400)))
    yield* TestClock.adjust("1 second")
    heard.push(yield* say(layer("a", 1000, 900)))
    yield* TestClock.adjust("1 second")
    heard.push(yield* say(layer("a", 1000, 1000)))
    heard.push(yield* say(layer("b", 10)))
    heard.push(yield* say(layer("b", 10, 10)))
    heard.push(yield* say({ status: "verifying sha256 digest" }))
    yield* Effect.promise(() => writer.write(lines({ status: "success" })))
    // As Ollama writes it, which is how it will be offered.
    expect(yield* Fiber.join(installing)).toBe("fox:1b")
    expect(heard).toEqual([
      { phase: "checking" },
      { phase: "checking" },
      downloading(400, 1000),
      downloading(900, 1000, 500),
      downloading(1000, 1000, 300),
      downloading(1000, 1010, 300),
      downloading(1010, 1010, 305),
      { phase: "verifying", completed_bytes: 1010, total_bytes: 1010 }
    ])
  }))

test("forgets how fast it was", () => {
  const speed = Speed.make()
  for (let second = 0; second <= 10; second++) speed.at(second * 1000, second * 100)
  for (let second = 11; second < 16; second++) speed.at(second * 1000, 1000)
  expect(speed.at(16_000, 1000)).toBe(0)
})

it("gives up a download that stands still though Ollama goes on talking, and closes it", () =>
  Effect.gen(function* () {
    const asked = yield* Deferred.make<AbortSignal>()
    let body: ReadableStreamDefaultController<Uint8Array> | undefined
    const stream = new ReadableStream<Uint8Array>({ start: (controller) => void (body = controller) })
    const { install } = yield* made({
      "/api/pull": (request) => {
        Deferred.doneUnsafe(asked, Effect.succeed(request.signal))
        return new Response(stream)
      }
    })
    const installing = yield* install(library("fox")).pipe(Effect.flip, Effect.forkChild({ startImmediately: true }))
    const signal = yield* Deferred.await(asked)
    for (let i = 0; i < 5; i++) {
      body?.enqueue(new TextEncoder().encode(lines(layer("a", 1000, 400))))
      yield* TestClock.adjust("1 minute")
    }
    const error = yield* Fiber.join(installing)
    expect(error).toMatchObject({ reason: "unreachable", message: expect.stringContaining("not moved for 3 minutes") })
    expect(signal.aborted).toBe(true)
  }))

it("removes what is not the file that was asked for", () =>
  Effect.gen(function* () {
    const name = "hf.co/ada/fox-GGUF:fox.gguf"
    const here = [{ name, digest: "d" }]
    const good = yield* made({ "/api/pull": () => new Response(done) }, here)
    expect(yield* good.install(file("fox.gguf"))).toBe(name)
    const bad = yield* made({ "/api/pull": () => new Response(done), "/api/show": () => Response.json({}) }, here)
    expect(yield* Effect.flip(bad.install(file("fox.gguf")))).toMatchObject({ reason: "checksum_mismatch" })
    expect(bad.paths().at(-1)).toBe("/api/delete")
  }))

it("removes a stub that came for a model which runs elsewhere", () =>
  Effect.gen(function* () {
    const stub = { name: "fox:latest", remote_host: "https://ollama.com:443", remote_model: "fox" }
    const { install, paths } = yield* made({ "/api/pull": () => new Response(done) }, [stub])
    expect(yield* Effect.flip(install(library("fox")))).toMatchObject({ reason: "unsupported" })
    expect(paths().at(-1)).toBe("/api/delete")
  }))

it("says what is wrong when Ollama is gone, refuses, or has no such model", () =>
  Effect.gen(function* () {
    const gone = yield* made({})
    expect(yield* Effect.flip(gone.install(library("fox")))).toMatchObject({
      reason: "unreachable",
      message: "Ollama does not answer: connection refused"
    })
    const refusing = yield* made({ "/api/pull": () => Response.json({ error: "invalid model name" }, { status: 400 }) })
    expect(yield* Effect.flip(refusing.install(library("fox")))).toMatchObject({ reason: "not_found" })
    const empty = yield* made({ "/api/delete": missing, "/api/generate": missing })
    expect(yield* Effect.flip(empty.remove("fox"))).toMatchObject({
      reason: "not_found",
      message: 'Ollama has no model "fox"'
    })
    const full = yield* made({})
    yield* full.remove("fox")
    expect(full.paths().slice(-2)).toEqual(["/api/generate", "/api/delete"])
  }))
