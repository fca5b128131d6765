/** Models that come and go by command: without a node, and through one. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { existsSync, readdirSync } from "node:fs"
import { join } from "node:path"
import { hub } from "./hub.ts"
import { freePort, freshHome, infernet, network, running } from "./infernet.ts"

const events = (stdout: string): ReadonlyArray<{ readonly type: string }> =>
  stdout
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line))

const filesOf = (home: string) => readdirSync(join(home, "models")).toSorted()

it.live(
  "goes on after Ctrl-C from where it was, and offers what came to the next node",
  () =>
    Effect.gen(function* () {
      const [home, { begun, release, url }] = yield* Effect.all([freshHome, hub])
      const options = { home, env: { HF_ENDPOINT: url } }
      const first = yield* running(["model", "install", "org/tiny", "--json"], options)
      yield* first.until(/"completed_bytes":[1-9]/)
      expect((yield* first.stop("SIGINT")).code).toBe(130)
      expect(events(first.output()).at(-1)).toEqual({ type: "stopped" })
      expect(filesOf(home)).toEqual(["tiny-Q8_0.gguf.part", "tiny-Q8_0.gguf.part.json"])

      release()
      const second = yield* infernet(["model", "install", "org/tiny"], options)
      expect(second).toMatchObject({ code: 0, stderr: "" })
      expect(second.stdout).toMatch(/^ {2}model +tiny-Q8_0.gguf of org\/tiny \(Q8_0, of 2 files\)\n {2}size +2.3 MiB\n/)
      expect(second.stdout).toContain('infernet chat --model tiny-Q8_0 "Hello"')
      expect(begun.map((at) => at > 0)).toEqual([false, true])
      expect(second.stdout).not.toContain("\u001b")

      const listed = JSON.parse((yield* infernet(["model", "list", "--json"], options)).stdout)
      expect(listed).toMatchObject({ machine: { files: [{ name: "tiny-Q8_0" }] }, network: null })
      const unasked = yield* infernet(["model", "remove", "tiny-Q8_0"], options)
      expect(unasked).toMatchObject({ code: 2, stderr: expect.stringContaining("add --yes") })
      expect(yield* infernet(["model", "remove", "tiny-Q8_0", "--yes"], options)).toMatchObject({ code: 0 })
      expect(filesOf(home)).toEqual([])
    }),
  { timeout: 30_000 }
)

it.live(
  "offers no half of a file, whoever is to blame: killed, a web page, another file",
  () =>
    Effect.gen(function* () {
      const [home, { begun, release, slip, url }] = yield* Effect.all([freshHome, hub])
      const options = { home, env: { HF_ENDPOINT: url } }
      const install = ["model", "install", "org/tiny", "--json"]
      const killed = yield* running(install, options)
      yield* killed.until(/"completed_bytes":[1-9]/)
      yield* killed.stop("SIGKILL")
      const listed = JSON.parse((yield* infernet(["model", "list", "--json"], options)).stdout)
      expect(listed.machine.files).toEqual([])

      release()
      const slips = [
        ["page", /no GGUF file|sent more|broke off|SHA-256|size/],
        ["other", /SHA-256/]
      ] as const
      for (const [wrong, says] of slips) {
        slip(wrong)
        const result = yield* infernet(install, options)
        expect({ wrong, code: result.code }).toEqual({ wrong, code: 1 })
        expect(result.stderr).toMatch(says)
        expect(filesOf(home).filter((name) => name.endsWith(".gguf"))).toEqual([])
      }
      slip()
      expect(yield* infernet(install, options)).toMatchObject({ code: 0, stderr: "" })
      expect(filesOf(home)).toEqual(["tiny-Q8_0.gguf", "tiny-Q8_0.json"])
      expect(begun[1]).toBeGreaterThan(0)
    }),
  { timeout: 60_000 }
)

it.live(
  "says what does not fit, what there is not, and what was wrong with the call",
  () =>
    Effect.gen(function* () {
      const [home, { url }] = yield* Effect.all([freshHome, hub])
      const install = (...args: ReadonlyArray<string>) =>
        infernet(["model", "install", ...args], { home, env: { HF_ENDPOINT: url } })
      const cases = [
        [["org/tiny", "--file", "vast-F16.gguf"], 1, "vast-F16.gguf does not fit: it needs 8185 TiB of disk"],
        [["org/tiny", "--file", "nope.gguf"], 1, "it has tiny-Q8_0.gguf"],
        [["./nope.gguf"], 1, "there is no file /"],
        [["qwen3:4b", "--sha256", "a".repeat(64)], 2, "--sha256 is of a file"],
        [["org/tiny", "--backend", "gpu"], 2, "--backend"]
      ] as const
      for (const [args, code, says] of cases) {
        const result = yield* install(...args)
        expect({ args, code: result.code }).toEqual({ args, code })
        expect(result.stderr).toContain(says)
      }
      expect(filesOf(home)).toEqual([])
      const remove = yield* infernet(["model", "remove", "tiny", "--yes"], { home })
      expect(remove).toMatchObject({ code: 1, stderr: expect.stringContaining("infernet model list") })
    }),
  { timeout: 30_000 }
)

it.live(
  "lets the node that runs here do it: Ctrl-C stops it, a closed terminal does not, and it is offered at once",
  () =>
    Effect.gen(function* () {
      const [home, { release, url }, port] = yield* Effect.all([freshHome, hub, freePort])
      const options = { home, env: { HF_ENDPOINT: url } }
      const node = yield* network({ ...options, port })
      const install = running(["model", "install", "org/tiny", "--json"], options)
      const stopped = yield* install
      yield* stopped.until(/"completed_bytes":[1-9]/)
      expect((yield* stopped.stop("SIGINT")).code).toBe(130)
      yield* node.until(/model +stopped/)

      const closed = yield* install
      yield* closed.until(/"type":"started"/)
      yield* closed.stop("SIGHUP")
      release()
      yield* node.until(/model +done/)
      expect(existsSync(join(home, "models", "tiny-Q8_0.gguf"))).toBe(true)
      const asked = yield* infernet(["chat", "--model", "tiny-Q8_0", "Echo tavimo"], options)
      expect(asked).toMatchObject({ code: 0, stdout: "tavimo\n" })

      const backends = JSON.parse((yield* infernet(["backends", "--json"], options)).stdout)
      expect(backends).toMatchObject([{ kind: "embedded", used: true, models: [{ id: "tiny-Q8_0" }] }])
      const removed = yield* infernet(["model", "remove", "tiny-Q8_0", "--yes", "--json"], options)
      expect(
        events(removed.stdout)
          .map(({ type }) => type)
          .at(-1)
      ).toBe("done")
      expect(filesOf(home)).toEqual([])
    }),
  { timeout: 60_000 }
)
