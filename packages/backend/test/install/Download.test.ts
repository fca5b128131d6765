import { expect, test } from "bun:test"
import type { CommandProgress } from "@infernet/contract/Command"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { it } from "@infernet/testing/harness"
import { Effect, Fiber, FileSystem, Layer, PlatformError, Queue, Redacted } from "effect"
import { Download, type Wanted } from "../../src/install/Download.ts"
import { isPrivate, objection } from "../../src/install/redirect.ts"
import { file, hub, sha256, stopping } from "./hub.ts"

const content = new Uint8Array(3 << 20).map((_, index) => (index * 31 + (index >> 8)) % 251)

const diskThatIsFull = Layer.effect(
  FileSystem.FileSystem,
  Effect.map(FileSystem.FileSystem, (fs) => ({
    ...fs,
    open: (path, options) =>
      Effect.map(fs.open(path, options), (file): FileSystem.File =>
        Object.assign(Object.create(file), {
          writeAll: () => {
            const cause = Object.assign(new Error("no space left on device"), { code: "ENOSPC" })
            return Effect.fail(
              PlatformError.systemError({ _tag: "Unknown", module: "FileSystem", method: "write", cause })
            )
          }
        })
      )
  }))
).pipe(Layer.provide(NodeServices.layer))

const world = Effect.gen(function* () {
  const server = yield* hub
  const context = yield* Layer.build(
    Download.layerWith({ stall: "200 millis", tries: 1 }).pipe(Layer.provideMerge(NodeServices.layer))
  )
  const download = yield* Download.pipe(Effect.provideContext(context))
  const fs = yield* FileSystem.FileSystem.pipe(Effect.provideContext(context))
  const directory = yield* fs.makeTempDirectoryScoped()
  const part = `${directory}/fox.gguf.part`
  const seen: Array<CommandProgress> = []
  const arrivals = yield* Queue.unbounded<number>()
  const progress = (now: CommandProgress) => {
    seen.push(now)
    Queue.offerUnsafe(arrivals, now.completed_bytes ?? 0)
  }
  const until = (bytes: number) => Effect.repeat(Queue.take(arrivals), { until: (now) => now === bytes })
  const wanted = (path: string, more: Partial<Wanted> = {}): Wanted => ({
    url: server.at(path),
    part,
    sha256: undefined,
    bytes: undefined,
    authorization: undefined,
    maxBytes: undefined,
    free: Effect.succeed(1 << 30),
    objection: () => undefined,
    ...more
  })
  const get = (path: string, more: Partial<Wanted> = {}) => download.fetch(wanted(path, more), progress)
  const refused = (path: string, more: Partial<Wanted> = {}) => Effect.flip(get(path, more))
  const bytes = Effect.orElseSucceed(
    Effect.map(fs.readFile(part), (data) => data.length),
    () => undefined
  )
  return { ...server, fs, part, seen, until, wanted, get, refused, bytes }
})

it.live("fetches a file whole, checks it and says how far it is", () =>
  Effect.gen(function* () {
    const { answers, fs, get, part, seen } = yield* world
    answers.set("/fox", file(content))
    expect(yield* get("/fox", { sha256: sha256(content) })).toEqual({ bytes: content.length, sha256: sha256(content) })
    expect(sha256(yield* fs.readFile(part))).toBe(sha256(content))
    expect(seen[0]).toEqual({ phase: "downloading", completed_bytes: 0, total_bytes: content.length })
    expect(seen.at(-1)).toEqual({ phase: "verifying", completed_bytes: content.length, total_bytes: content.length })
    expect(yield* fs.exists(`${part}.json`)).toBe(false)
  })
)

it.live("goes on where a connection broke, and checks the bytes of both", () =>
  Effect.gen(function* () {
    const { answers, asked, bytes, get, refused } = yield* world
    const half = content.slice(0, content.length / 2)
    answers.set("/fox", stopping(half, content.length, "silence", '"v1"'))
    expect((yield* refused("/fox")).message).toContain("stopped sending")
    expect(yield* bytes).toBe(half.length)
    answers.set("/fox", file(content, '"v1"'))
    expect((yield* get("/fox")).sha256).toBe(sha256(content))
    expect(asked.at(-1)?.headers.get("range")).toBe(`bytes=${half.length}-`)
  })
)

it.live("begins anew when the file has changed in between, also where the server minds no If-Range", () =>
  Effect.gen(function* () {
    const { answers, get, refused } = yield* world
    const old = new Uint8Array(1000)
    answers.set("/fox", stopping(old, content.length, "break", '"v1"'))
    const { message, reason } = yield* refused("/fox", { bytes: content.length })
    expect([reason, message.replace(/:\d+/, "")]).toEqual(["unreachable", "127.0.0.1 broke off"])
    answers.set("/fox", file(content, '"v2"'))
    expect((yield* get("/fox")).sha256).toBe(sha256(content))

    answers.set("/owl", stopping(old, content.length, "break", '"v1"'))
    yield* refused("/owl", { bytes: content.length })
    answers.set("/owl", (request) => {
      request.headers.set("if-range", '"v2"')
      return file(content, '"v2"')(request)
    })
    expect((yield* get("/owl")).sha256).toBe(sha256(content))
  })
)

it.live("keeps what has come when it is stopped, and forgets it when another file is wanted", () =>
  Effect.gen(function* () {
    const { answers, asked, bytes, get, until } = yield* world
    answers.set("/fox", stopping(content.slice(0, 1000), content.length, "silence", '"v1"'))
    const fiber = yield* get("/fox").pipe(Effect.forkChild({ startImmediately: true }))
    yield* until(1000)
    yield* Fiber.interrupt(fiber)
    expect(yield* bytes).toBe(1000)
    answers.set("/owl", file(content))
    yield* get("/owl")
    expect(asked.at(-1)?.headers.has("range")).toBe(false)
  })
)

it.live("deletes what is not what the checksum says", () =>
  Effect.gen(function* () {
    const { answers, bytes, refused } = yield* world
    answers.set("/fox", file(content))
    const error = yield* refused("/fox", { sha256: "0".repeat(64) })
    expect(error.reason).toBe("checksum_mismatch")
    expect(error.message).toContain(sha256(content))
    expect(yield* bytes).toBeUndefined()
  })
)

it.live("says how much room is missing before it begins, and gives back what it took of a full disk", () =>
  Effect.gen(function* () {
    const { answers, bytes, refused, wanted } = yield* world
    answers.set("/fox", file(content))
    const error = yield* refused("/fox", { free: Effect.succeed(2 << 20) })
    expect([error.reason, error.message]).toEqual([
      "does_not_fit",
      "the disk lacks 1.0 MiB for it: make room and install again"
    ])
    const context = yield* Layer.build(Download.layer.pipe(Layer.provideMerge(diskThatIsFull)))
    const download = yield* Download.pipe(Effect.provideContext(context))
    const filled = yield* Effect.flip(download.fetch(wanted("/fox"), () => undefined))
    expect(filled).toMatchObject({
      reason: "does_not_fit",
      message: "the disk became full: make room and install again"
    })
    expect(yield* bytes).toBeUndefined()
  })
)

it.live("stops at the limit, at what it does not want, and at what is not there", () =>
  Effect.gen(function* () {
    const { answers, asked, bytes, refused } = yield* world
    answers.set("/fox", file(content))
    expect(yield* refused("/fox", { maxBytes: 1 << 20 })).toMatchObject({
      reason: "not_allowed",
      message: "the file has 3.0 MiB or more; this node's limit is 1.0 MiB"
    })
    const html = new TextEncoder().encode("<!doctype html>")
    answers.set("/page", file(html))
    const error = yield* refused("/page", { objection: (start) => (start[0] === 60 ? "a page" : undefined) })
    expect([error.reason, error.message]).toEqual(["failed", "a page"])
    expect(yield* bytes).toBeUndefined()
    expect((yield* refused("/nothing")).reason).toBe("not_found")
    answers.set("/gated", () => new Response("", { status: 403 }))
    expect((yield* refused("/gated")).message).toContain("HF_TOKEN")
    expect(asked.length).toBe(4)
  })
)

it.live("follows redirects to its own network's own hosts only, and takes the token nowhere else", () =>
  Effect.gen(function* () {
    const { answers, asked, get, origin, refused } = yield* world
    const other = yield* hub
    other.answers.set("/blob", file(content))
    answers.set("/fox", () => Response.redirect(`${other.origin}/blob`))
    yield* get("/fox", { authorization: Redacted.make("secret") })
    expect(asked[0]?.headers.get("authorization")).toBe("Bearer secret")
    expect(other.asked[0]?.headers.has("authorization")).toBe(false)
    answers.set("/in", () => Response.redirect("https://10.0.0.1/admin"))
    expect(yield* refused("/in")).toMatchObject({ reason: "not_allowed" })
    answers.set("/plain", () => Response.redirect("http://example.com/fox"))
    expect((yield* refused("/plain")).message).toContain("not https")
    answers.set("/round", () => Response.redirect(`${origin}/round`))
    expect((yield* refused("/round")).message).toContain("more than 5 times")
  })
)

const hosts = (...names: ReadonlyArray<string>) => names.map((name) => new URL(`https://${name}/`).hostname)

test("tells the internet from what is behind it", () => {
  const inside = hosts(
    "localhost",
    "printer",
    "nas.local",
    "127.1",
    "0x7f000001",
    "10.1.2.3",
    "172.20.0.1",
    "192.168.0.1",
    "169.254.169.254",
    "100.64.0.1",
    "0.0.0.0",
    "[::1]",
    "[fd00::1]",
    "[fe80::1]",
    "[::ffff:10.0.0.1]",
    "[2002:7f00:1::]",
    "localhost."
  )
  expect(inside.filter((host) => !isPrivate(host))).toEqual([])
  const outside = hosts("huggingface.co", "172.15.0.1", "172.32.0.1", "8.8.8.8", "[2606:4700::1]")
  expect(outside.filter(isPrivate)).toEqual([])
})

const rule = (start: string, to: string) => objection(new URL(start), new URL(start), new URL(to)) ?? "follows"

test("is sent on to https, and to the host it came from", () => {
  expect(rule("https://huggingface.co/a", "https://cdn.example.com/b")).toBe("follows")
  expect(rule("https://huggingface.co/a", "http://huggingface.co/b")).toBe("to an address that is not https")
  expect(rule("http://mirror.lan/a", "http://mirror.lan/b")).toBe("follows")
  expect(rule("http://mirror.lan/a", "https://other.lan/b")).toBe("into a private network")
  expect(rule("http://127.0.0.1:1/a", "http://localhost:2/b")).toBe("follows")
  expect(rule("https://huggingface.co/a", "https://a:b@cdn.example.com/")).toBe("to an address with a password in it")
})
