/** What cannot work is refused at once, in one sentence that says what to do, and with the right exit code. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { chmodSync, existsSync, mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, network, type Options, type Result } from "./infernet.ts"

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

it.live(
  "names who has the port or the home, before it makes anything",
  () =>
    Effect.gen(function* () {
      const [home, other, port] = yield* Effect.all([freshHome, freshHome, freePort])
      const holder = yield* network({ home, port })

      const taken = yield* infernet(["start", "--port", String(port)], { home: other })
      expectSentence(taken, 1, `port ${port} is in use by`, `(pid ${holder.pid})`, "--port")
      expect(taken.stdout).toBe("")
      expect(taken.millis).toBeLessThan(1000)
      expect(existsSync(join(other, "database"))).toBe(false)

      const locked = yield* infernet(["start", "--port", String(yield* freePort)], { home })
      expectSentence(locked, 1, home, `"main.ts start --port ${port}" (pid ${holder.pid})`, "INFERNET_HOME")
      expect(locked.millis).toBeLessThan(1000)

      // Beside it, with a home and a port of its own, another network runs as if it were alone.
      const beside = yield* network({ home: other, port: yield* freePort })
      const asked = yield* Effect.forEach([home, other], (home) => infernet(["hi"], { home }), { concurrency: 2 })
      expect(asked.map(({ code }) => code)).toEqual([0, 0])
      expect((yield* beside.stop("SIGTERM")).code).toBe(0)
    }),
  { timeout: 30_000 }
)

it.live(
  "names the setting that is wrong, wherever it is written",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const start = (args: ReadonlyArray<string> = [], env: Options["env"] = {}) =>
        infernet(["start", ...args], { home, env })

      const files: ReadonlyArray<readonly [text: string, ...parts: ReadonlyArray<string>]> = [
        ['{\n  "port": 8080,\n}', "config.json: line 3, column 1", "a name in double quotes"],
        ['{"port": 80', "line 1, column 12", '"," or "}"'],
        ["[]", "expected one object of settings"],
        ['{\n  "prot": 8080\n}', 'line 2, column 3: unknown setting "prot"', "port, host"],
        [
          '{\n  "host": "::1",\n  "port": 80800\n}',
          'line 3, column 3: "port": expected a port from 1 to 65535, got 80800'
        ],
        ['{"control_plane": "infernet.example"}', '"control_plane": expected an address that begins with http'],
        ['{"database_url": "postgres://u:p@h/d"}', "can be read by others", "chmod 600"]
      ]
      const inTurn = files.map(([text, ...parts]) =>
        Effect.gen(function* () {
          const home = yield* freshHome
          writeFileSync(join(home, "config.json"), text)
          expectSentence(yield* infernet(["start"], { home }), 1, ...parts)
        })
      )
      yield* Effect.all(inTurn, { concurrency: 2 })
      expectSentence(
        yield* start([], { INFERNET_PORT: "many" }),
        1,
        'INFERNET_PORT: expected a port from 1 to 65535, got "many"'
      )
      expectSentence(
        yield* start(["--port", "0"]),
        2,
        "--port",
        "a port from 1 to 65535",
        "see `infernet start --help`"
      )
      expectSentence(yield* start(["--control-plane", "example"]), 2, "--control-plane", "http:// or https://")
      expectSentence(yield* start(["--prot", "1"]), 2, "--prot")
      const wrongBackend = yield* start(["--port", String(yield* freePort)], {
        OLLAMA_HOST: "http://[",
        INFERNET_BACKEND: ""
      })
      expectSentence(wrongBackend, 1, "OLLAMA_HOST: expected a URL or host:port")
      const noDatabase = yield* start(["--port", String(yield* freePort)], {
        DATABASE_URL: "postgres://u@127.0.0.1:1/d"
      })
      expectSentence(noDatabase, 1, "connect ECONNREFUSED 127.0.0.1:1", "DATABASE_URL")
      expectSentence(yield* start(["--host", "203.0.113.1"]), 1, "203.0.113.1", "--host")
    }),
  { timeout: 30_000 }
)

it.live(
  "refuses what it cannot use or should not trust, and a slip of the hand",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      expectSentence(yield* infernet(["chat", "hi"], { home }), 1, `nothing runs from ${home}`, "infernet start")
      expectSentence(yield* infernet(["status"], { home }), 1, `nothing runs from ${home}`)
      expectSentence(yield* infernet(["statsu"], { home }), 2, "did you mean `infernet status`", "infernet chat statsu")
      expectSentence(yield* infernet(["chat"], { home, stdin: "" }), 2, "ask something")
      expectSentence(yield* infernet(["api-key", "revoke", "laptop"], { home }), 2, "infernet api-key list")
      expectSentence(yield* infernet(["start"], { home: "/dev/null/home" }), 1, "/dev/null/home")

      const key = join(home, "keys", "node.key")
      mkdirSync(join(home, "keys"), { recursive: true })
      writeFileSync(key, `${"1".repeat(64)}\n`)
      chmodSync(key, 0o644)
      const start = infernet(["start", "--port", String(yield* freePort)], { home })
      expectSentence(yield* start, 1, key, "chmod 600")
      chmodSync(key, 0o600)
      writeFileSync(key, "nonsense")
      expectSentence(yield* start, 1, key, "Restore it from a backup")

      const client = join(home, "keys", "client.key")
      writeFileSync(client, "inft_x\n", { mode: 0o644 })
      expectSentence(yield* infernet(["api-key", "show-local"], { home }), 1, client, "chmod 600")
    }),
  { timeout: 20_000 }
)

it.live("teaches without making anything, and in no colours where nobody sees them", () =>
  Effect.gen(function* () {
    const parent = yield* freshHome
    const home = join(parent, "home")
    for (const args of [["--help"], ["start", "--help"], ["chat", "--help"], ["--version"]]) {
      const help = yield* infernet(args, { home, env: { FORCE_COLOR: "1", NO_COLOR: "1" } })
      expect(help).toMatchObject({ code: 0, stderr: "" })
      expect(help.stdout).not.toContain("\u001b")
    }
    const help = yield* infernet(["--help"], { home })
    for (const text of ["infernet start", 'infernet "What is the capital of France?"', "control-plane", "api-key"]) {
      expect(help.stdout).toContain(text)
    }
    expect(Math.max(...help.stdout.split("\n").map((line) => line.length))).toBeLessThanOrEqual(100)
    expect(existsSync(home)).toBe(false)
  })
)
