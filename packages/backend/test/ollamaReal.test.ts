/**
 * A real Ollama behind the real adapter: a private one, with a library of its own on loopback.
 *
 * Neither npm nor Debian has the server, so its program must be named in `OLLAMA_PROGRAM`.
 */
import { createHash } from "node:crypto"
import { mkdtempSync, readFileSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { afterAll, beforeAll, expect, test } from "bun:test"
import type { CommandProgress } from "@infernet/contract/Command"
import { it } from "@infernet/testing/harness"
import { Deferred, Effect, Fiber, Schedule } from "effect"
import type { Backend } from "../src/Backend.ts"
import * as Ollama from "../src/ollama/OllamaBackend.ts"
import { pull } from "../src/ollama/pull/install.ts"
import { able } from "../src/unsupported.ts"
import { freePort } from "./llamaServer.ts"
import { ask, collector, failure, site as siteOf } from "./replay.ts"

const program = process.env["OLLAMA_PROGRAM"]
/** No machine of the suite's can get one, so that only `bun run test:backends` counts them as missing. */
const named = process.env["CONFORMANCE"] === "all"
const needed =
  program === undefined
    ? (name: string) => named && test.skip(`${name} (no Ollama: set OLLAMA_PROGRAM)`, () => undefined)
    : it.live

const gguf = new Uint8Array(readFileSync(Bun.fileURLToPath(new URL("../assets/tiny-demo-q8_0.gguf", import.meta.url))))
const digest = (bytes: Uint8Array) => `sha256:${createHash("sha256").update(bytes).digest("hex")}`

const firstBytes = 1_200_000

/** A library with one model, of which the first answer has only the beginning and no end. Tells what was asked for. */
const library = () => {
  const config = new TextEncoder().encode(JSON.stringify({ model_format: "gguf", model_family: "llama" }))
  const blobs = new Map([gguf, config].map((bytes) => [digest(bytes), bytes]))
  const mediaType = "application/vnd.ollama.image.model"
  const manifest = {
    schemaVersion: 2,
    config: {
      mediaType: "application/vnd.docker.container.image.v1+json",
      digest: digest(config),
      size: config.length
    },
    layers: [{ mediaType, digest: digest(gguf), size: gguf.length }]
  }
  const ranges: Array<string> = []
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    fetch: (request) => {
      const { pathname, port } = new URL(request.url)
      if (pathname.includes("/manifests/")) return Response.json(manifest)
      const blob = blobs.get(pathname.split("/blobs/")[1] ?? "")
      if (blob === undefined) return new Response("", { status: 404 })
      if (request.method === "HEAD") return new Response(null, { headers: { "content-length": String(blob.length) } })
      const range = /bytes=(\d+)-/.exec(request.headers.get("range") ?? "")?.[1]
      // Ollama fetches only from where it was sent to, by another name.
      const elsewhere = `http://localhost:${port}${pathname}`
      if (range === undefined) return new Response(null, { status: 307, headers: { location: elsewhere } })
      if (blob === gguf) ranges.push(range)
      const part = blob.subarray(Number(range))
      const broken = blob === gguf && ranges.length === 1
      const body = new ReadableStream<Uint8Array>({
        start: (controller) => {
          controller.enqueue(broken ? part.subarray(0, firstBytes) : part)
          if (!broken) controller.close()
        }
      })
      return new Response(body, { status: 206 })
    }
  })
  return { server, ranges, name: `127.0.0.1:${server.port}/library/tiny` }
}

const port = freePort()
const home = mkdtempSync(join(tmpdir(), "infernet-ollama-"))
const site = { ...siteOf(fetch), kind: "ollama" as const, name: "Ollama", baseUrl: `http://127.0.0.1:${port}` }
let ollama: Bun.Subprocess | undefined
let backend: Backend

const ready = Ollama.identify(site).pipe(
  Effect.retry({ schedule: Schedule.spaced("50 millis") }),
  Effect.timeout("15 seconds")
)

beforeAll(async () => {
  if (program === undefined) return
  const env = {
    ...process.env,
    HOME: home,
    OLLAMA_MODELS: home,
    OLLAMA_HOST: `127.0.0.1:${port}`,
    OLLAMA_NUM_PARALLEL: "1"
  }
  ollama = Bun.spawn([program, "serve"], { env, stdout: "ignore", stderr: "ignore" })
  await Effect.runPromise(ready)
  await fetch(`${site.baseUrl}/api/blobs/${digest(gguf)}`, { method: "POST", body: gguf })
  const body = JSON.stringify({ model: "tiny-demo", files: { "tiny-demo.gguf": digest(gguf) } })
  await (await fetch(`${site.baseUrl}/api/create`, { method: "POST", body })).text()
  backend = await Effect.runPromise(Ollama.make(site, { contextLength: 8192, slots: 1 }))
  await Effect.runPromise(backend.models)
}, 30_000)

afterAll(async () => {
  ollama?.kill()
  await ollama?.exited
  rmSync(home, { recursive: true, force: true })
})

const weather = {
  type: "function" as const,
  function: {
    name: "get_weather",
    parameters: { type: "object", properties: { city: { type: "string" } }, required: ["city"] }
  }
}

needed("chats, calls tools, keeps to a schema, and refuses what does not fit", () =>
  Effect.gen(function* () {
    const said = collector()
    const { finish_reason } = yield* backend.chat(ask("What is the capital of France?"), said.emit)
    expect([said.text(), finish_reason]).toEqual(["The capital of France is Paris.", "stop"])
    const called = collector()
    const { finish_reason: called_reason } = yield* backend.chat(
      ask("What is the weather in Paris?", { tools: [weather] }),
      called.emit
    )
    expect([called_reason, called.records.map(([kind]) => kind)]).toEqual(["tool_calls", ["tool_call"]])
    expect(JSON.parse(called.records[0]?.[1] ?? "")).toMatchObject({
      name: "get_weather",
      arguments: '{"city":"Paris"}'
    })
    const schema = { type: "object", properties: { name: { type: "string" } }, required: ["name"] }
    const shaped = collector()
    const format = { type: "json_schema" as const, json_schema: { name: "x", schema } }
    yield* backend.chat(ask("Give me a JSON object with a name.", { response_format: format }), shaped.emit)
    expect(JSON.parse(shaped.text())).toHaveProperty("name")
    expect((yield* failure(backend.chat(ask("word ".repeat(5000)), collector().emit))).fault).toBe("context_exceeded")
  })
)

needed("frees its only slot as soon as a chat is cancelled", () =>
  Effect.gen(function* () {
    const begun = yield* Deferred.make<void>()
    const endless = ask("Write a long story about an owl.", { max_tokens: 2000, temperature: 1.5, seed: 3 })
    const telling = yield* backend
      .chat(endless, () => void Deferred.doneUnsafe(begun, Effect.void))
      .pipe(Effect.forkChild)
    yield* Deferred.await(begun)
    yield* Fiber.interrupt(telling)
    const said = collector()
    yield* backend.chat(ask("Echo tavimo"), said.emit)
    expect(said.text()).toBe("tavimo")
  })
)

needed("goes on with a download that was broken off, and deletes what it brought", () =>
  Effect.gen(function* () {
    yield* Effect.flatMap(able(backend.remove), (run) => run("tiny-demo"))
    const { name, ranges, server } = library()
    yield* Effect.addFinalizer(() => Effect.promise(() => server.stop(true)))
    const body = { model: `http://${name}:latest`, insecure: true }
    const half = yield* Deferred.make<void>()
    const told: Array<CommandProgress> = []
    const watch = (progress: CommandProgress) => {
      told.push(progress)
      if ((progress.completed_bytes ?? 0) === firstBytes) Deferred.doneUnsafe(half, Effect.void)
    }
    const first = yield* pull(site, body, watch).pipe(Effect.forkChild)
    yield* Deferred.await(half)
    yield* Fiber.interrupt(first)
    yield* pull(site, body, watch)
    expect(ranges).toEqual(["0", String(firstBytes)])
    expect(told.at(-1)?.phase).toBe("verifying")
    expect((yield* backend.models).map(({ id }) => id)).toEqual([name])
    yield* Effect.flatMap(able(backend.remove), (run) => run(name))
    expect(yield* backend.models).toEqual([])
  })
)
