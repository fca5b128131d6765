/** The packed program upgrades itself from a registry, under load, and comes back where the new version does not. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Fiber } from "effect"
import { readdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { Registry } from "../../../../scripts/packaging/registry.ts"
import { freePort, freshHome } from "../infernet.ts"
import { backend } from "../run/backend.ts"

const registry = Effect.acquireRelease(
  Effect.sync(() => new Registry()),
  (registry) => Effect.promise(() => registry.close())
)

/** Installs a version as its user would; gives how to call it on a home of its own. */
const installed = Effect.fnUntraced(function* (from: Registry, version: string) {
  const [place, home, url] = yield* Effect.all([freshHome, freshHome, backend])
  const env = {
    PATH: "/usr/local/bin:/usr/bin:/bin",
    HOME: place,
    // What another run has put there under the same name is another program.
    BUN_INSTALL_CACHE_DIR: join(place, "cache"),
    NPM_CONFIG_REGISTRY: from.url,
    INFERNET_HOME: home,
    INFERNET_BACKEND: url
  }
  const run = (command: ReadonlyArray<string>) =>
    Effect.promise(async () => {
      const child = Bun.spawn([...command], { cwd: place, env, stdin: "ignore", stdout: "pipe", stderr: "pipe" })
      const [stdout, stderr] = await Promise.all([new Response(child.stdout).text(), new Response(child.stderr).text()])
      return { code: await child.exited, stdout, stderr }
    })
  writeFileSync(join(place, "package.json"), "{}")
  const added = yield* run([process.execPath, "add", `infernet@${version}`])
  expect({ code: added.code, stderr: added.stderr }).toMatchObject({ code: 0 })
  const main = join(place, "node_modules", "infernet", "dist", "infernet.js")
  const first = (...args: ReadonlyArray<string>) => run([process.execPath, main, ...args])
  const launcher = (...args: ReadonlyArray<string>) => run([join(home, "bin", "infernet"), ...args])
  return { first, home, launcher }
})

it.live(
  "changes to the newest version and back, whole answers all the while, and to none that does not work",
  () =>
    Effect.gen(function* () {
      const packages = yield* registry
      const publish = (...args: Parameters<Registry["publish"]>) => Effect.promise(() => packages.publish(...args))
      yield* publish("0.1.1")
      const { first, home, launcher } = yield* installed(packages, "0.1.1")
      const port = String(yield* freePort)
      const started = yield* Effect.acquireRelease(first("start", "--detach", "--port", port), () =>
        first("stop", "--now")
      )
      expect(started).toMatchObject({ code: 0, stderr: "" })
      const runs = Effect.map(launcher("status", "--json"), ({ stdout }) => JSON.parse(stdout) as { version: string })
      const check = yield* first("upgrade", "--check")
      expect(check).toMatchObject({ code: 0, stdout: expect.stringContaining("0.1.1 is the newest") })

      yield* publish("0.1.2")
      expect((yield* first("upgrade", "--check")).stdout).toContain("0.1.1 → 0.1.2")
      const asked = yield* Effect.forkScoped(launcher("chat", "--max-tokens", "400", "gap 20 delay 0 size 0"))
      const upgraded = yield* first("upgrade")
      expect(upgraded).toMatchObject({ code: 0, stderr: "", stdout: expect.stringContaining("0.1.2 runs (pid ") })
      expect(yield* runs).toMatchObject({ version: "0.1.2", jobs: { failed: 0 } })
      const answer = yield* Fiber.join(asked)
      expect({ ...answer, stdout: answer.stdout.slice(-6) }).toEqual({ code: 0, stderr: "", stdout: "w399 \n" })

      // It works by itself, but not on this home.
      const code = `if (process.argv[2] === "start") { process.stderr.write("infernet: this one is broken\\n"); process.exit(1) }`
      yield* publish("0.1.3", { code })
      const broken = yield* launcher("upgrade")
      expect(broken.code).toBe(1)
      expect(broken.stderr).toContain("this one is broken")
      expect(broken.stderr).toMatch(/0\.1\.2 runs again \(pid \d+\)\n$/)
      expect((yield* runs).version).toBe("0.1.2")

      yield* publish("0.1.4", { integrity: `sha512-${"A".repeat(86)}==` })
      expect(yield* launcher("upgrade")).toMatchObject({ code: 1, stderr: expect.stringMatching(/ntegrity/) })
      yield* publish("0.1.5", { engines: { bun: ">=99" } })
      expect(yield* launcher("upgrade")).toMatchObject({ code: 1, stderr: expect.stringContaining("needs Bun >=99") })
      yield* publish("0.1.6", { code: `process.stderr.write("infernet: no\\n"); process.exit(1)` })
      const unfit = yield* launcher("upgrade")
      expect(unfit).toMatchObject({ code: 1, stderr: expect.stringMatching(/nothing was changed: infernet: no\n$/) })
      expect((yield* runs).version).toBe("0.1.2")

      const back = yield* launcher("upgrade", "--rollback")
      expect(back).toMatchObject({ code: 0, stdout: expect.stringContaining("0.1.1 runs") })
      expect((yield* runs).version).toBe("0.1.1")
      expect(yield* launcher("stop")).toMatchObject({ code: 0 })

      // Where nothing runs, the next start does it.
      const chosen = yield* first("upgrade", "--version", "0.1.2")
      expect(chosen).toMatchObject({ code: 0, stdout: expect.stringContaining("0.1.2 is what the next start runs") })
      expect((yield* launcher("--version")).stdout).toContain("0.1.2")
      expect(readdirSync(join(home, "versions")).filter((name) => /^\d/.test(name))).toEqual(["0.1.2"])
      yield* Effect.promise(() => packages.close())
      const offline = yield* first("upgrade", "--check")
      expect(offline).toMatchObject({ code: 1, stderr: expect.stringContaining("does not answer") })
    }),
  { timeout: 120_000 }
)
