/** A network in the background, as its operator has it: started, restarted under load, stopped. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, network, type Options, running } from "../infernet.ts"
import { living } from "../processes.ts"
import { backend } from "./backend.ts"

/** Stopped at the latest with the scope. */
const detached = Effect.fnUntraced(function* (options: Options & { readonly port: number }) {
  return yield* Effect.acquireRelease(infernet(["start", "--detach", "--port", String(options.port)], options), () =>
    infernet(["stop", "--now"], options)
  )
})

const view = (options: Options) =>
  Effect.map(infernet(["status", "--json"], options), ({ stdout }) => JSON.parse(stdout))

it.live(
  "starts, refuses a second one, restarts without cutting an answer off, and stops after the answers it has begun",
  () =>
    Effect.gen(function* () {
      const [home, port, url] = yield* Effect.all([freshHome, freePort, backend])
      const options = { home, port, env: { INFERNET_BACKEND: url } }
      const started = yield* detached(options)
      expect(started).toMatchObject({ code: 0, stderr: "" })
      expect(started.stdout).toContain(`\nready  http://127.0.0.1:${port}\n`)
      expect(started.stdout).toMatch(/in the background \(pid \d+\)[^]*\/bin\/infernet stop\n/)
      const before = yield* view(options)
      const second = yield* infernet(["start", "--detach"], options)
      expect(second).toMatchObject({ code: 1, stdout: "" })
      expect(second.stderr).toContain(`in the background, pid ${before.pid}`)

      // Answers of two seconds, one across the restart and one across the stop.
      const question = ["chat", "--max-tokens", "100", "gap 20 delay 0 size 0"]
      const words = Array.from({ length: 100 }, (_, n) => `w${n} `).join("")
      const asked = yield* running(question, options)
      yield* asked.until(/w5 /)
      const restarted = yield* infernet(["restart", "--json"], options)
      expect(restarted).toMatchObject({ code: 0, stderr: "" })
      const { pid } = before
      expect(JSON.parse(restarted.stdout)).toEqual({ restarted: true, pid, jobs_running: 1, jobs_cut: 0 })
      expect(yield* asked.exited).toBe(0)
      expect(asked.output()).toBe(`${words}\n`)
      const after = yield* view(options)
      expect(after).toMatchObject({ pid: before.pid, url: before.url, jobs: { failed: 0 } })
      expect(after.started_at).not.toBe(before.started_at)

      const last = yield* running(question, options)
      yield* last.until(/w5 /)
      expect(yield* infernet(["stop"], options)).toMatchObject({
        code: 0,
        stdout: expect.stringContaining("after 1 job")
      })
      expect(yield* last.exited).toBe(0)
      expect(last.output()).toBe(`${words}\n`)
      expect(living([before.pid])).toEqual([])
      expect(yield* infernet(["stop"], options)).toMatchObject({ code: 0, stdout: `nothing runs from ${home}\n` })
      expect(yield* infernet(["stop", "--json"], options)).toMatchObject({ code: 0, stdout: '{"stopped":false}\n' })
      expect(readFileSync(join(home, "logs", "infernet.log"), "utf8")).toMatch(/"job done",\{"job":"job_\w{20}"/)
    }),
  { timeout: 40_000 }
)

it.live(
  "ends at once where the time for its jobs is up, and by itself after one heartbeat and one job",
  () =>
    Effect.gen(function* () {
      const [home, port, url] = yield* Effect.all([freshHome, freePort, backend])
      const options = { home, port, env: { INFERNET_BACKEND: url } }
      const once = yield* infernet(["start", "--once", "--port", String(port)], options)
      expect(once).toMatchObject({ code: 0, stderr: "" })
      expect(once.stdout).toMatch(/check +64 tokens/)
      expect(once.stdout).not.toContain("ready")

      yield* detached(options)
      const asked = yield* running(["chat", "--max-tokens", "4000", "gap 20 delay 0 size 0"], options)
      yield* asked.until(/w5 /)
      const stopped = yield* infernet(["stop", "--timeout", "1"], options)
      expect(stopped).toMatchObject({ code: 0, stdout: expect.stringContaining("; 1 job had not ended") })
      expect(yield* asked.exited).toBe(1)
    }),
  { timeout: 40_000 }
)

it.live(
  "lets its answers end at a service manager's signal",
  () =>
    Effect.gen(function* () {
      const [home, port, url] = yield* Effect.all([freshHome, freePort, backend])
      const options = { home, port, env: { INFERNET_BACKEND: url, INFERNET_STARTED: "service" } }
      const service = yield* network(options)
      const asked = yield* running(["chat", "--max-tokens", "100", "gap 20 delay 0 size 0"], options)
      yield* asked.until(/w5 /)
      expect((yield* service.stop("SIGTERM")).code).toBe(0)
      expect(yield* asked.exited).toBe(0)
      expect(asked.output()).toEndWith("w99 \n")
      // No journal keeps what it prints: only its start is there.
      expect(service.output()).toEndWith(`ready  http://127.0.0.1:${port}\n\nstopping\n`)
    }),
  { timeout: 20_000 }
)

it.live("says why a start in the background has failed, and leaves nothing running", () =>
  Effect.gen(function* () {
    const home = yield* freshHome
    const taken = Bun.serve({ port: 0, fetch: () => new Response() })
    yield* Effect.addFinalizer(() => Effect.promise(() => taken.stop(true)))
    const failed = yield* infernet(["start", "--detach", "--port", String(taken.port)], { home })
    expect(failed.code).toBe(1)
    expect(failed.stderr).toMatch(/^infernet: port \d+ is in use by .*: stop it, or choose another port with --port\n$/)
    expect(yield* infernet(["status"], { home })).toMatchObject({ code: 1 })
    expect(yield* infernet(["start", "--detach", "--once"], { home })).toMatchObject({ code: 2 })
  })
)
