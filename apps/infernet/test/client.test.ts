/** The commands of whoever uses a network: each as a process of its own, against one real network. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { existsSync, statSync } from "node:fs"
import { freePort, freshHome, infernet, network, type Options } from "./infernet.ts"
import { sharedNetwork } from "./shared.ts"

const shared = sharedNetwork()

const run = (args: ReadonlyArray<string>, options: Partial<Options> = {}) =>
  infernet(args, { home: shared().home, ...options })

const question = "Tell me a story about a heron."

it.live(
  "asks in every form of words and prints the answer alone",
  () =>
    Effect.gen(function* () {
      const forms = [
        run(["chat", question]),
        run([question]),
        run(["chat", "Tell", "me", "a", "story", "about", "a", "heron."]),
        run([], { stdin: `${question}\n` }),
        run(["chat", "-"], { stdin: question }),
        run(["chat", "--no-stream", "--model", "tiny-demo", question]),
        run([question], { env: { INFERNET_MODEL: "tiny-demo" } })
      ]
      const answers = yield* Effect.all(forms, { concurrency: 2 })
      for (const { code, stderr, stdout } of answers) {
        expect({ code, stderr }).toEqual({ code: 0, stderr: "" })
        expect(stdout).toMatch(/^[A-Z][\w\s.,'"?!-]{30,}\n$/)
      }
      const cut = Bun.spawnSync(["/bin/sh", "-c", `"${shared().home}/bin/infernet" chat "${question}" | head -c 1`])
      expect({ stdout: cut.stdout.toString(), stderr: cut.stderr.toString() }).toEqual({
        stdout: expect.stringMatching(/^[A-Z]$/),
        stderr: ""
      })
      const whole = yield* run(["chat", "--json", "--max-tokens", "5", question])
      expect(JSON.parse(whole.stdout)).toMatchObject({
        status: "completed",
        model: "tiny-demo",
        result: { finish_reason: "length", usage: { completion_tokens: 5 } },
        attempts: [{}]
      })
    }),
  { timeout: 20_000 }
)

it.live(
  "says why there is no answer",
  () =>
    Effect.gen(function* () {
      const other = yield* freshHome
      const unknown = yield* run(["chat", "--model", "tiny-demmo", question])
      expect(unknown).toMatchObject({ code: 1, stdout: "" })
      expect(unknown.stderr).toContain("nearest names: tiny-demo")

      const nobody = yield* run(["chat", "--control-plane", "http://127.0.0.1:1", "hi"], {
        env: { INFERNET_BEARER_TOKEN: "inft_x" }
      })
      expect(nobody).toMatchObject({ code: 1, stderr: expect.stringContaining("http://127.0.0.1:1 does not answer") })

      const wrongKey = yield* run(["hi"], { env: { INFERNET_BEARER_TOKEN: `inft_${"z".repeat(40)}` } })
      expect(wrongKey).toMatchObject({ code: 1, stderr: expect.stringContaining("(the key in INFERNET_BEARER_TOKEN)") })

      // This home's own key is for this home's control plane and for nobody else.
      const elsewhere = yield* run(["chat", "hi"], { env: { INFERNET_CONTROL_PLANE: "http://127.0.0.1:1" } })
      expect(elsewhere).toMatchObject({ code: 1, stderr: expect.stringContaining("no API key for http://127.0.0.1:1") })
      const keyless = yield* run(["chat", "--control-plane", shared().url, "hi"], { home: other })
      expect(keyless).toMatchObject({ code: 1, stderr: expect.stringContaining(`no API key for ${shared().url}`) })
    }),
  { timeout: 20_000 }
)

it.live(
  "makes a key that works, alone on standard output, and takes it back at once",
  () =>
    Effect.gen(function* () {
      const created = yield* run(["api-key", "create", "laptop"])
      expect(created.stdout).toMatch(/^inft_\w{20,}\n$/)
      expect(created).toMatchObject({ code: 0, stderr: "" })
      const key = created.stdout.trim()
      const ask = run(["chat", "--control-plane", shared().url, question], {
        home: yield* freshHome,
        env: { INFERNET_BEARER_TOKEN: key }
      })
      expect((yield* ask).code).toBe(0)

      const list = yield* run(["api-key", "list"])
      const id = /^(key_\w+) +laptop +\S+ +60\/min, 1000\/h +\S+ +active$/m.exec(list.stdout)?.[1] ?? ""
      expect(id).not.toBe("")
      expect(list.stdout).not.toContain(key)
      expect(yield* run(["api-key", "revoke", id])).toMatchObject({ code: 0, stdout: `revoked ${id}\n` })
      const refused = yield* ask
      expect(refused).toMatchObject({ code: 1, stdout: "" })
      expect(refused.stderr).toContain("this API key was revoked at ")

      const mine = yield* run(["api-key", "show-local"])
      expect(mine.stdout).toMatch(/^inft_\w{20,}\n$/)
      const socket = yield* Effect.sync(() => statSync(`${shared().home}/run/admin.sock`))
      expect(socket.mode & 0o777).toBe(0o600)
      expect((yield* run(["api-key", "revoke", "key_00000000000000000000"])).code).toBe(1)
    }),
  { timeout: 20_000 }
)

it.live(
  "tells what runs, to people and to programs",
  () =>
    Effect.gen(function* () {
      const status = yield* run(["status", "--json"])
      expect(JSON.parse(status.stdout)).toEqual({
        kind: "network",
        home: shared().home,
        pid: shared().running.pid,
        version: expect.stringMatching(/^\d+\.\d+\.\d+/),
        started_at: expect.stringMatching(/^\d{4}-.*Z$/),
        url: shared().url,
        jobs: { completed: expect.any(Number), failed: 0, pending: 0 },
        earned: { today_micros: 0, total_micros: 0, not_countersigned: expect.any(Number) },
        nodes_online: 1,
        models: [expect.objectContaining({ id: "tiny-demo", nodes: 1, demo: true })]
      })
      const told = yield* run(["status"])
      expect(told.stdout).toMatch(/^ {2}nodes +1 online$/m)
      expect(told.stdout).toMatch(/^ {2}models +tiny-demo$/m)
      const models = yield* run(["model", "list"])
      expect(models.stdout).toMatch(/^tiny-demo +1 +\d+ .*chat.* \(demo\)$/m)
      expect(JSON.parse((yield* run(["model", "list", "--json"])).stdout)).toMatchObject({
        machine: { offers: [{ id: "tiny-demo", backend: "embedded" }], files: [] },
        network: [{ id: "tiny-demo" }]
      })
    }),
  { timeout: 20_000 }
)

it.live(
  "lets another network run beside it, and none in its place",
  () =>
    Effect.gen(function* () {
      const { home, port, running } = shared()
      const other = yield* freshHome
      const taken = yield* infernet(["start", "--port", String(port)], { home: other })
      expect(taken.stderr).toMatch(
        new RegExp(`^infernet: port ${port} is in use by .+ \\(pid ${running.pid}\\): .*--port\n$`)
      )
      // Refused before anything is told or made.
      expect({ ...taken, database: existsSync(`${other}/database`) }).toMatchObject({
        code: 1,
        stdout: "",
        database: false
      })
      const locked = yield* run(["start", "--port", String(yield* freePort)])
      expect(locked.code).toBe(1)
      expect(locked.stderr).toContain(`${home} is in use by "main.ts start --port ${port}" (pid ${running.pid})`)

      const beside = yield* network({ home: other, port: yield* freePort })
      expect((yield* infernet([question], { home: other })).code).toBe(0)
      expect((yield* run([question])).code).toBe(0)
      expect((yield* beside.stop("SIGTERM")).code).toBe(0)
    }),
  { timeout: 30_000 }
)
