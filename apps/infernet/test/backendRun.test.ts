/** `infernet backends` and `infernet backend run` as their operator meets them. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { chmodSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { descendants, living } from "./processes.ts"
import { freePort, freshHome, infernet, running } from "./infernet.ts"

const server = `#!${process.execPath}
console.log("called with " + process.argv.slice(2).join(" "))
const port = Number(process.argv[process.argv.indexOf("--port") + 1])
Bun.serve({ port, hostname: "127.0.0.1", fetch: () => new Response("ok") })
`

const program = (home: string, text: string): string => {
  const path = join(home, "llama-server")
  writeFileSync(path, text)
  chmodSync(path, 0o755)
  return path
}

it.live(
  "keeps a server running until Ctrl-C, with its flags and its log, and leaves nothing",
  () =>
    Effect.gen(function* () {
      const [home, port] = yield* Effect.all([freshHome, freePort])
      writeFileSync(join(home, "tiny.gguf"), "")
      const call = ["backend", "run", "llamacpp", join(home, "tiny.gguf"), "--port", String(port)]
      const kept = yield* running([...call, "--program", program(home, server), "--", "--threads", "1"], { home })
      yield* kept.until(new RegExp(`ready +http://127.0.0.1:${port}`))
      yield* kept.until(new RegExp(`LLAMACPP_HOST=127.0.0.1:${port} infernet start`))
      const log = readFileSync(join(home, "logs", `llamacpp-${port}.log`), "utf8")
      expect(log).toMatch(/called with --model \S+tiny.gguf --alias tiny --host 127.0.0.1 --port \d+ .*--threads 1\n/)
      const busy = yield* infernet([...call, "--program", join(home, "llama-server")], { home })
      expect(busy).toMatchObject({ code: 1, stderr: expect.stringMatching(/port \d+ is in use.*--port/) })

      const children = descendants(kept.pid)
      expect(children.length).toBeGreaterThan(1)
      expect((yield* kept.stop("SIGINT")).code).toBe(0)
      expect(living(children)).toEqual([])
    }),
  { timeout: 20_000 }
)

it.live(
  "says why a server does not run: not installed, not started, called wrong",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const port = String(yield* freePort)
      const missing = yield* infernet(["backend", "run", "vllm", "org/model"], { home })
      expect(missing).toMatchObject({ code: 1, stdout: "" })
      expect(missing.stderr).toContain("vLLM is not installed")
      const broken = program(home, `#!/bin/sh\necho out of memory\nexit 3\n`)
      const ended = yield* infernet(["backend", "run", "llamacpp", "org/model", "-p", port, "--program", broken], {
        home
      })
      expect(ended.code).toBe(1)
      expect(ended.stderr).toContain("  out of memory\n")
      expect(ended.stderr).toContain("llama.cpp ended before it was ready (exit code 3)")
      const ours = yield* infernet(["backend", "run", "vllm", "org/model", "--", "--port", "1"], { home })
      expect(ours).toMatchObject({ code: 2, stderr: expect.stringContaining("--port is this command's own") })
      const unknown = yield* infernet(["backend", "run", "vllm", "nothing"], { home })
      expect(unknown).toMatchObject({ code: 2, stderr: expect.stringContaining("org/repository") })
    }),
  { timeout: 20_000 }
)

it.live("shows what was found where, also where nothing answers, and exits well", () =>
  Effect.gen(function* () {
    const home = yield* freshHome
    const env = { INFERNET_BACKEND: "http://127.0.0.1:1" }
    const shown = yield* infernet(["backends"], { home, env })
    expect(shown).toMatchObject({ code: 0, stderr: "" })
    expect(shown.stdout).toMatch(/^OpenAI-compatible +http:\/\/127.0.0.1:1 .*connection refused/m)
    expect(shown.stdout).toContain("No backend is used")
    expect(shown.stdout).not.toContain("\u001b")
    const json = JSON.parse((yield* infernet(["backends", "--json"], { home, env })).stdout)
    expect(json).toMatchObject([{ kind: "openai", address: "http://127.0.0.1:1", models: [], used: false }])
  })
)
