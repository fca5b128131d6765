/** A control plane and a node of it, each a process with a home of its own. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, ready, running } from "./infernet.ts"

it.live(
  "serves through a node that joins, and that comes back when its control plane does",
  () =>
    Effect.gen(function* () {
      const [home, nodeHome, filePort, envPort, port] = yield* Effect.all([
        freshHome,
        freshHome,
        freePort,
        freePort,
        freePort
      ])
      const url = `http://127.0.0.1:${port}`
      // The file gives way to the environment, and both to the flag.
      writeFileSync(join(home, "config.json"), JSON.stringify({ port: filePort }))
      const fromFile = yield* running(["control-plane"], { home })
      expect((yield* fromFile.until(ready))[1]).toBe(`http://127.0.0.1:${filePort}`)
      expect(fromFile.output()).toContain(`infernet start --control-plane http://127.0.0.1:${filePort}`)
      expect((yield* fromFile.stop("SIGTERM")).code).toBe(0)
      const env = { INFERNET_PORT: String(envPort) }
      const fromEnvironment = yield* running(["control-plane"], { home, env })
      expect((yield* fromEnvironment.until(ready))[1]).toBe(`http://127.0.0.1:${envPort}`)
      expect((yield* fromEnvironment.stop("SIGTERM")).code).toBe(0)

      // The node is there first: it waits.
      const node = yield* running(["start", "--control-plane", url], { home: nodeHome })
      yield* node.until(/waiting .*does not answer/)
      const plane = yield* running(["control-plane", "--port", String(port)], { home, env })
      yield* plane.until(ready)
      yield* node.until(/link up/)

      const created = yield* infernet(["api-key", "create", "test"], { home })
      const ask = infernet(["Tell me a story about a fox."], {
        home: nodeHome,
        env: { INFERNET_BEARER_TOKEN: created.stdout.trim() }
      })
      expect(yield* ask).toMatchObject({ code: 0, stderr: "" })
      yield* node.until(/done +job_/)

      const status = yield* infernet(["status", "--json"], { home: nodeHome })
      expect(JSON.parse(status.stdout)).toMatchObject({
        kind: "node",
        pid: node.pid,
        control_plane: url,
        node: expect.stringMatching(/^0x[0-9a-f]{40}$/),
        linked: true,
        backends: [{ kind: "embedded", healthy: true }],
        models: ["tiny-demo"],
        jobs: { completed: 1, failed: 0, running: 0 }
      })
      expect((yield* infernet(["status"], { home: nodeHome })).stdout).toContain(`${url}  linked`)
      const keys = yield* infernet(["api-key", "list"], { home: nodeHome })
      expect(keys).toMatchObject({ code: 1, stderr: expect.stringContaining("no control plane runs from this home") })

      yield* plane.stop("SIGKILL")
      yield* node.until(/link down/)
      const again = yield* running(["control-plane", "--port", String(port)], { home, env })
      yield* again.until(ready)
      yield* node.until(/link up[^]*link up/)
      expect(yield* ask).toMatchObject({ code: 0, stderr: "" })

      const stopped = yield* node.stop("SIGTERM")
      expect(stopped.code).toBe(0)
      expect(stopped.millis).toBeLessThan(3000)
      for (const { output } of [node, plane, again]) expect(output()).not.toMatch(/inft_\w{20}|Tell me a story/)
    }),
  { timeout: 120_000 }
)

it.live(
  "joins a network elsewhere with a home that was a network of its own, and is one again",
  () =>
    Effect.gen(function* () {
      const [home, planeHome, port, ownPort] = yield* Effect.all([freshHome, freshHome, freePort, freePort])
      const once = infernet(["start", "--once", "--port", String(ownPort)], { home })
      expect(yield* once).toMatchObject({ code: 0, stderr: "" })
      const plane = yield* running(["control-plane", "--port", String(port)], { home: planeHome })
      yield* plane.until(ready)
      const node = yield* running(["start", "--control-plane", `http://127.0.0.1:${port}`], { home })
      yield* node.until(/link up/)
      expect((yield* node.stop("SIGTERM")).code).toBe(0)
      expect(yield* once).toMatchObject({ code: 0, stderr: "" })
    }),
  { timeout: 120_000 }
)
