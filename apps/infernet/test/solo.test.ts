/** `infernet start` with nothing configured, from an empty home to the second start, as its operator sees it. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { readdirSync, readFileSync, statSync } from "node:fs"
import { join } from "node:path"
import { descendants, living } from "./processes.ts"
import { freePort, freshHome, infernet, network } from "./infernet.ts"
import { paste } from "./paste.ts"

/** The last word on something: a slow step is told of twice, while it takes its time and when it is done. */
const row = (output: string, label: string): string =>
  [...output.matchAll(new RegExp(`^ {2}${label} +(.+)$`, "gm"))].at(-1)?.[1] ?? ""

/** What must never be seen: API keys, secret keys, and what clients ask. */
const secrets = [/inft_[0-9a-z]{20}/, /\b[0-9a-f]{64}\b/, /heron/]

const filesIn = (directory: string) => readdirSync(directory).map((name) => join(directory, name))

it.live(
  "starts a whole network in an empty home, tells what it did, and finds everything again",
  () =>
    Effect.gen(function* () {
      // A path that a shell would take apart.
      const home = join(yield* freshHome, "it's my home")
      const port = yield* freePort
      const url = `http://127.0.0.1:${port}`

      const first = yield* network({ home, port })
      const output = first.output()
      const node = row(output, "node")
      expect(output).toStartWith("infernet 0.")
      expect(row(output, "home")).toBe(home)
      expect(row(output, "database")).toMatch(/^PostgreSQL 18\.\d+, embedded \(created in \d+ ms\)$/)
      expect(row(output, "backend")).toBe("llama.cpp, embedded")
      expect(row(output, "model")).toBe("tiny-demo (a demo of 2 M parameters, to try things out)")
      expect(node).toMatch(/^0x[0-9a-f]{40}$/)
      expect(row(output, "check")).toMatch(/^\d+ tokens, \d+ tokens\/s, the first after \d+ ms$/)
      expect(output.trimEnd().split("\n").at(-1)).toBe(`ready  ${url}`)

      const answers = yield* paste(output)
      expect(answers.curl).toContain("data: [DONE]")
      expect(answers.chat.length).toBeGreaterThan(20)
      expect((yield* infernet(["Tell me a story about a heron."], { home })).code).toBe(0)
      const seen = yield* first.until(/done +job_\w{20} +\d+ tokens +\d+\/s +\d+ ms {2}tiny-demo/)
      expect(seen).toBeTruthy()

      const key = readFileSync(join(home, "keys", "client.key"), "utf8")
      expect(statSync(join(home, "keys", "client.key")).mode & 0o777).toBe(0o600)
      const children = descendants(first.pid)
      expect(children.length).toBeGreaterThan(3)
      const stopped = yield* first.stop("SIGTERM")
      expect(stopped.code).toBe(0)
      expect(stopped.millis).toBeLessThan(3000)
      expect(living(children)).toEqual([])
      expect(first.output()).not.toMatch(/warning|error/)

      // As behind a company's proxy, which cannot reach this machine's own addresses.
      const env = { http_proxy: "http://127.0.0.1:1", HTTP_PROXY: "http://127.0.0.1:1" }
      const second = yield* network({ home, port, env })
      expect(row(second.output(), "node")).toBe(node)
      expect(row(second.output(), "database")).toContain("started in")
      expect(readFileSync(join(home, "keys", "client.key"), "utf8")).toBe(key)
      expect((yield* paste(second.output(), env)).curl).toContain("data: [DONE]")
      const status = yield* infernet(["status", "--json"], { home, env })
      // The self-check and two pasted commands of either run, and a question.
      expect(JSON.parse(status.stdout)).toMatchObject({ url, nodes_online: 1, jobs: { completed: 7, failed: 0 } })
      expect((yield* second.stop("SIGINT")).code).toBe(0)

      const logs = filesIn(join(home, "logs")).map((path) => readFileSync(path, "utf8"))
      expect(logs.join("").length).toBeGreaterThan(100)
      for (const text of [first.output(), second.output(), ...logs]) {
        for (const secret of secrets) expect(text).not.toMatch(secret)
        expect(text).not.toContain("\u001b")
      }
    }),
  { timeout: 30_000 }
)
