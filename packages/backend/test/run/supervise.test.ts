/** Servers that are kept running: programs made for it, and a real llama-server where there is one. */
import { afterAll, expect, test } from "bun:test"
import * as NodeFileSystem from "@effect/platform-node/NodeFileSystem"
import * as NodePath from "@effect/platform-node/NodePath"
import { it } from "@infernet/testing/harness"
import { ConfigProvider, Effect, Fiber, Layer, Queue } from "effect"
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import { findProgram } from "../../src/run/findProgram.ts"
import * as LastLines from "../../src/run/LastLines.ts"
import { servers } from "../../src/run/servers.ts"
import { type News, supervise } from "../../src/run/supervise.ts"
import { freePort, howToGetIt, model, program } from "../llamaServer.ts"

const folder = mkdtempSync(join(tmpdir(), "infernet-run-"))
afterAll(() => rmSync(folder, { recursive: true, force: true }))

/** A program that does what its JavaScript says. */
const made = (name: string, code: string): string => {
  const path = join(folder, name)
  writeFileSync(path, `#!${process.execPath}\n${code}\n`)
  chmodSync(path, 0o755)
  return path
}

/** One that has ended and that nobody has asked after does not live. */
const isAlive = (pid: number): boolean => {
  const { stdout } = Bun.spawnSync(["ps", "-o", "stat=", "-p", String(pid)])
  return /^[^Z\s]/.test(stdout.toString())
}

const run = Effect.fnUntraced(function* (path: string, args: (port: number) => ReadonlyArray<string>) {
  const port = freePort()
  const news = yield* Queue.bounded<News>(16)
  const lines = LastLines.make()
  let printed = ""
  const fiber = yield* supervise({
    server: servers.llamacpp,
    program: path,
    args: args(port),
    port,
    lines,
    log: (text) => Effect.sync(() => void (printed += text)),
    tell: (one) => Effect.asVoid(Queue.offer(news, one))
  }).pipe(Effect.forkScoped)
  const next = <Tag extends News["_tag"]>(tag: Tag) =>
    Effect.flatMap(Queue.take(news), (one) =>
      one._tag === tag
        ? Effect.succeed(one as Extract<News, { _tag: Tag }>)
        : Effect.die(new Error(`${one._tag}: ${printed}`))
    )
  return { port, fiber, lines, next, printed: () => printed }
})

const helper = `const child = Bun.spawn(["sleep", "600"], { stdio: ["ignore", "ignore", "ignore"] })
console.log("helper " + child.pid)
Bun.serve({ port: Number(process.argv[2]), hostname: "127.0.0.1", fetch: () => new Response("ok") })`

it.live(
  "starts again what was killed, with nothing of its life before left, and stops it whole",
  () =>
    Effect.gen(function* () {
      const { fiber, next, printed } = yield* run(made("server", helper), (port) => [String(port)])
      const helpers = () => [...printed().matchAll(/helper (\d+)/g)].map(([, pid]) => Number(pid))
      const { pid } = yield* next("Starting")
      yield* next("Healthy")
      process.kill(pid, "SIGKILL")
      expect(yield* next("Ended")).toMatchObject({ end: { signal: "SIGKILL" }, afterMillis: 1_000 })
      const again = yield* next("Starting")
      yield* next("Healthy")
      expect(again.pid).not.toBe(pid)
      const [first = 0, second = 0] = helpers()
      expect([isAlive(first), isAlive(second)]).toEqual([false, true])
      yield* Fiber.interrupt(fiber)
      expect([again.pid, second].map(isAlive)).toEqual([false, false])
    }),
  { timeout: 20_000 }
)

it.live("gives up at once what never answered, with the last that it said", () =>
  Effect.gen(function* () {
    const code = 'console.error("\\u001b[31mloading 10 %\\rloading 20 %\\nout of memory\\u001b[0m"); process.exit(3)'
    const { fiber } = yield* run(made("broken", code), () => [])
    const error = yield* Effect.flip(Fiber.join(fiber))
    expect(error).toMatchObject({
      _tag: "GaveUp",
      reason: "never_started",
      lines: ["loading 10 %", "loading 20 %", "out of memory"],
      message: "llama.cpp ended before it was ready (exit code 3)"
    })
    const missing = yield* run(join(folder, "nothing"), () => [])
    expect(yield* Effect.flip(Fiber.join(missing.fiber))).toMatchObject({ _tag: "CannotStart" })
  })
)

it.live("leaves no server behind when it is killed itself", () =>
  Effect.gen(function* () {
    const script = join(folder, "owner.ts")
    const at = Bun.fileURLToPath(new URL("../../src/run/Process.ts", import.meta.url))
    writeFileSync(
      script,
      `import { Effect } from ${JSON.stringify(import.meta.resolve("effect"))}
import { start } from ${JSON.stringify(at)}
await Effect.runPromise(Effect.scoped(Effect.gen(function* () {
  const child = yield* start("/bin/sleep", ["600"], () => Effect.void)
  console.log(child.pid)
  return yield* Effect.never
})))`
    )
    const owner = yield* Effect.acquireRelease(
      Effect.sync(() => Bun.spawn([process.execPath, script], { stdout: "pipe", stderr: "inherit" })),
      (child) => Effect.sync(() => child.kill("SIGKILL"))
    )
    const { value } = yield* Effect.promise(() => owner.stdout.getReader().read())
    const pid = Number(new TextDecoder().decode(value))
    expect(isAlive(pid)).toBe(true)
    owner.kill("SIGKILL")
    // Whoever ends it does so a moment later; the test's own time limit is the end of patience.
    while (isAlive(pid)) yield* Effect.sleep("20 millis")
  })
)

if (program === undefined && process.env["CI"] === "true") {
  test(`llama-server is there (${howToGetIt})`, () => expect(program).toBeDefined())
}

const modelsAt = async (port: number): Promise<unknown> => (await fetch(`http://127.0.0.1:${port}/v1/models`)).json()

const whenThere =
  program === undefined
    ? (name: string) => test.skip(`${name} (no llama-server: ${howToGetIt})`, () => undefined)
    : it.live

whenThere(
  "serves the demo model with the flags that a node wants, and again after a kill",
  () =>
    Effect.gen(function* () {
      const from = { from: model, alias: "demo" }
      // One thread: more only spin on so small a model.
      const args = (port: number) => [...servers.llamacpp.args(from, port), "--threads", "1"]
      const { lines, next, port } = yield* run(program ?? "", args)
      const asked = Effect.promise(() => modelsAt(port))
      const { pid } = yield* next("Starting")
      yield* next("Healthy")
      expect(yield* asked).toMatchObject({ data: [{ id: "demo" }] })
      expect(lines.all().length).toBeGreaterThan(3)
      process.kill(pid, "SIGKILL")
      yield* next("Ended")
      yield* next("Starting")
      yield* next("Healthy")
      expect(yield* asked).toMatchObject({ data: [{ id: "demo" }] })
    }),
  { timeout: 20_000 }
)

/** A login with these variables, and the system's programs on PATH. */
const environment = (variables: Readonly<Record<string, string>>) =>
  ConfigProvider.layer(ConfigProvider.fromUnknown({ PATH: "/bin", ...variables }))

it.live("finds a program in the virtual environment before PATH, and refuses a named one that is none", () =>
  Effect.gen(function* () {
    const bin = join(folder, "venv", "bin")
    mkdirSync(bin, { recursive: true })
    const path = made(join("venv", "bin", "sh"), "")
    const inVenv = Effect.provide(findProgram("sh", undefined), environment({ VIRTUAL_ENV: join(folder, "venv") }))
    expect(yield* inVenv).toBe(path)
    expect(yield* Effect.provide(findProgram("sh", undefined), environment({}))).toBe("/bin/sh")
    expect(yield* Effect.provide(findProgram("no-such", undefined), environment({}))).toBeUndefined()
    const named = yield* Effect.flip(findProgram("sh", join(folder, "venv")))
    expect(named.message).toContain("--program")
  }).pipe(Effect.provide(Layer.merge(NodeFileSystem.layer, NodePath.layer)))
)
