/** What cannot work is refused at once, in one sentence that says what to do, and with the right exit code. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, type Result } from "./infernet.ts"

/** One line on standard error, nothing that only a programmer reads, no colours. */
const expectSentence = (result: Result, code: number, ...parts: ReadonlyArray<string>) => {
  const lines = result.stderr.trimEnd().split("\n")
  expect({ ...result, lines: lines.length }).toMatchObject({ code, lines: code === 2 && lines.length === 2 ? 2 : 1 })
  expect(lines[0]).toStartWith("infernet: ")
  for (const part of parts) expect(result.stderr).toContain(part)
  for (const word of ["Error:", "Error(", "Cause", "    at ", "node_modules", "\u001b"]) {
    expect(result.stderr).not.toContain(word)
  }
}

/** Runs each command in a home of its own, two at a time, and expects its sentence. */
const refuses = (
  cases: ReadonlyArray<{
    readonly args: ReadonlyArray<string>
    readonly env?: Readonly<Record<string, string>>
    readonly stdin?: string
    /** Puts the home into the state that is refused. */
    readonly before?: (home: string) => void
    readonly code?: 1 | 2
    readonly says: ReadonlyArray<string>
  }>
) =>
  Effect.forEach(
    cases,
    ({ args, before, code = 1, says, ...given }) =>
      Effect.gen(function* () {
        const home = yield* freshHome
        before?.(home)
        expectSentence(yield* infernet(args, { home, ...given }), code, ...says)
      }),
    { concurrency: 2, discard: true }
  )

const configured = (text: string, ...says: ReadonlyArray<string>) => ({
  args: ["start"],
  before: (home: string) => writeFileSync(join(home, "config.json"), text),
  says
})

it.live(
  "names the setting that is wrong, wherever it is written",
  () =>
    Effect.gen(function* () {
      const port = ["--port", String(yield* freePort)]
      yield* refuses([
        configured('{\n  "port": 8080,\n}', "config.json: line 3, column 1", "a name in double quotes"),
        configured("[]", "expected one object of settings"),
        configured('{\n  "prot": 8080\n}', 'line 2, column 3: unknown setting "prot": did you mean "port"?'),
        configured('{\n\n"port": 80800}', 'line 3, column 1: "port": expected a port from 1 to 65535, got 80800'),
        configured('{"control_plane": "a.example"}', '"control_plane": expected an address that begins with http'),
        configured('{\n  "backend": "not-an-url"\n}', 'line 2, column 3: "backend": expected one of embedded, ollama'),
        {
          args: ["config", "set", "vllm_host", "ftp://gpu"],
          code: 2,
          says: ["vllm_host: expected an address, such as http://gpu:8000", 'got "ftp://gpu"']
        },
        configured('{"database_url": "postgres://u:p@h/d"}', "can be read by others", "chmod 600"),
        { args: ["start"], env: { INFERNET_PORT: "many" }, says: ["INFERNET_PORT: expected a port", 'got "many"'] },
        { args: ["start", "--port", "0"], code: 2, says: ["--port", "1 to 65535", "see `infernet start --help`"] },
        { args: ["start", "--control-plane", "a.example"], code: 2, says: ["--control-plane", "http:// or https://"] },
        { args: ["start", "--prot", "1"], code: 2, says: ["--prot"] },
        { args: ["start", "--host", "203.0.113.1"], says: ["203.0.113.1", "--host"] },
        {
          args: ["start", ...port],
          env: { OLLAMA_HOST: "http://[", INFERNET_BACKEND: "" },
          says: ["OLLAMA_HOST: expected a URL or host:port"]
        },
        {
          args: ["start", ...port],
          env: { DATABASE_URL: "postgres://u@127.0.0.1:1/d" },
          says: ["connect ECONNREFUSED 127.0.0.1:1", "DATABASE_URL"]
        }
      ])
    }),
  { timeout: 30_000 }
)

const writeKey = (name: string, text: string, mode: number) => (home: string) => {
  mkdirSync(join(home, "keys"), { mode: 0o700 })
  writeFileSync(join(home, "keys", name), text)
  chmodSync(join(home, "keys", name), mode)
}

it.live(
  "refuses what it cannot use or should not trust, and a slip of the hand",
  () =>
    Effect.gen(function* () {
      const start = ["start", "--port", String(yield* freePort)]
      yield* refuses([
        { args: ["chat", "hi"], says: ["nothing runs from /", "infernet start"] },
        { args: ["status"], says: ["nothing runs from /"] },
        { args: ["statsu"], code: 2, says: ["did you mean `infernet status`", "infernet chat statsu"] },
        { args: ["chat"], stdin: "", code: 2, says: ["ask something"] },
        { args: ["api-key", "revoke", "laptop"], code: 2, says: ["infernet api-key list"] },
        { args: ["start"], env: { INFERNET_HOME: "/dev/null/home" }, says: ["/dev/null/home"] },
        { args: start, before: writeKey("node.key", `${"1".repeat(64)}\n`, 0o644), says: ["node.key", "chmod 600"] },
        {
          args: start,
          before: writeKey("node.key", "nonsense", 0o600),
          says: ["node.key", "Restore it from a backup"]
        },
        {
          args: ["api-key", "show-local"],
          before: writeKey("client.key", "inft_x\n", 0o644),
          says: ["client.key", "chmod 600"]
        }
      ])
    }),
  { timeout: 20_000 }
)

it.live(
  "teaches without making anything, and in no colours where nobody sees them",
  () =>
    Effect.gen(function* () {
      const home = join(yield* freshHome, "home")
      const calls = [
        ["--help"],
        ["start", "--help"],
        ["model", "install", "--help"],
        ["backend", "run", "--help"],
        ["--version"]
      ]
      const [help, ...others] = yield* Effect.forEach(calls, (args) => infernet(args, { home }), { concurrency: 2 })
      for (const text of ["infernet start", 'infernet "What is the capital of France?"', "control-plane", "api-key"]) {
        expect(help?.stdout).toContain(text)
      }
      for (const result of [help, ...others]) {
        expect(result).toMatchObject({ code: 0, stderr: "" })
        expect(result?.stdout).not.toContain("\u001b")
        const widths = result?.stdout.split("\n").map((line) => line.length) ?? []
        expect(Math.max(...widths)).toBeLessThanOrEqual(110)
      }
      expect(existsSync(home)).toBe(false)
    }),
  { timeout: 30_000 }
)
