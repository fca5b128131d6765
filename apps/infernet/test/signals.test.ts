/** However a run is stopped, its exit code tells by what, nothing of it goes on, and what came of it is there next time. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { hub } from "./hub.ts"
import { freePort, freshHome, infernet, running } from "./infernet.ts"
import { descendants, living } from "./processes.ts"
import { onTerminal } from "./tui/terminal.ts"

it.live(
  "tells by which signal a pull was stopped, and goes on from there",
  () =>
    Effect.gen(function* () {
      const [home, { begun, release, url }] = yield* Effect.all([freshHome, hub])
      const options = { home, env: { HF_ENDPOINT: url } }
      const install = ["model", "install", "org/tiny", "--json"]
      for (const [signal, code, stage] of [
        ["SIGINT", 130, /"completed_bytes":[1-9]/],
        ["SIGTERM", 143, /"phase":"checking"/]
      ] as const) {
        const pull = yield* running(install, options)
        yield* pull.until(stage)
        const children = descendants(pull.pid)
        expect({ signal, code: (yield* pull.stop(signal)).code }).toEqual({ signal, code })
        expect({ signal, left: living(children) }).toEqual({ signal, left: [] })
      }
      release()
      expect(yield* infernet(install, options)).toMatchObject({ code: 0 })
      expect(begun.map((at) => at > 0)).toEqual([false, true, true])
    }),
  { timeout: 30_000 }
)

it.live(
  "stops well where its terminal is closed",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const start = ["start", "--port", String(yield* freePort)]
      const closed = yield* onTerminal(start, home, { INFERNET_BACKEND: "embedded" })
      yield* closed.said("starting PostgreSQL")
      closed.kill("SIGHUP")
      expect(yield* closed.exited).toBe(0)
      expect(closed.output()).toEndWith("stopping\r\n")

      const asking = yield* onTerminal(["setup"], home, { INFERNET_BACKEND: "embedded" })
      yield* asking.said("Model to install")
      asking.kill("SIGHUP")
      expect(yield* asking.exited).toBe(129)
      // The cursor that its question hid, or not, is there.
      expect(asking.output().lastIndexOf("\u001b[?25h")).toBeGreaterThan(asking.output().lastIndexOf("\u001b[?25l"))
    }),
  { timeout: 30_000 }
)
