/** What is asked for and cannot be written down is a failure, whoever prints it. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { closeSync, existsSync, openSync } from "node:fs"
import { join } from "node:path"
import { freshHome, main } from "../infernet.ts"

/** A disk without room; where the system has none, a file that nobody may write to. */
const full = existsSync("/dev/full") ? { path: "/dev/full", flags: "w" } : { path: main, flags: "r" }

const printsTo = (args: ReadonlyArray<string>, home: string) =>
  Effect.acquireUseRelease(
    Effect.sync(() => openSync(full.path, full.flags)),
    (stdout) =>
      Effect.promise(async () => {
        const env = { PATH: "/usr/bin:/bin", HOME: home, INFERNET_HOME: join(home, "home") }
        const child = Bun.spawn([process.execPath, main, ...args], { env, stdin: "ignore", stdout, stderr: "pipe" })
        const [stderr, code] = await Promise.all([new Response(child.stderr).text(), child.exited])
        return { code, stderr }
      }),
    (file) => Effect.sync(() => closeSync(file))
  )

it.live(
  "fails where standard output is a file on a full disk",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      for (const args of [["--help"], ["config", "list"], ["keys", "list", "--json"], ["completions", "bash"]]) {
        const { code, stderr } = yield* printsTo(args, home)
        expect({ args, code, stderr }).toEqual({
          args,
          code: 1,
          stderr: expect.stringMatching(/^infernet: what it prints cannot be written: [^\n]+\n$/)
        })
      }
    }),
  { timeout: 20_000 }
)
