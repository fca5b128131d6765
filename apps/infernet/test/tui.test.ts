/** `infernet tui` on a terminal, over a network that runs, stops and comes back. */
import { expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { freePort, freshHome, infernet, network } from "./infernet.ts"
import { color, givenBack, onTerminal, taken } from "./tui/terminal.ts"

it.live(
  "tells at once what happens, drains and resumes, and finds a network that comes back",
  () =>
    Effect.gen(function* () {
      const [home, port] = yield* Effect.all([freshHome, freePort])
      const screen = yield* onTerminal(["tui"], home)
      yield* screen.until("● not running")
      const first = yield* network({ home, port })
      yield* screen.until("● online")
      yield* screen.until("tiny-demo")

      const chat = infernet(["chat", "Tell me a story about a heron."], { home })
      expect((yield* chat).code).toBe(0)
      yield* screen.until("0 running, 2 done, 0 failed")

      screen.press("d")
      yield* screen.until("● draining")
      expect(yield* infernet(["chat", "anything"], { home })).toMatchObject({ code: 1 })
      screen.press("d")
      yield* screen.until("● online")
      expect((yield* chat).code).toBe(0)

      yield* first.stop("SIGTERM")
      yield* screen.until("● not running")
      yield* network({ home, port })
      yield* screen.until("● online")
      screen.press("q")
      expect(yield* screen.exited).toBe(0)
      expect(screen.output()).toEndWith(givenBack)
    }),
  { timeout: 60_000 }
)

it.live(
  "gives the terminal back on every way out",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const ways: ReadonlyArray<readonly [code: number, signal: NodeJS.Signals | "\u0003"]> = [
        [0, "\u0003"],
        [0, "SIGHUP"],
        [143, "SIGTERM"],
        [130, "SIGINT"]
      ]
      for (const [code, way] of ways) {
        const screen = yield* onTerminal(["tui"], home)
        yield* screen.until("● not running")
        expect(screen.output()).toContain(taken)
        if (way === "\u0003") screen.press(way)
        else screen.kill(way)
        expect({ way, code: yield* screen.exited }).toEqual({ way, code })
        expect(screen.output()).toEndWith(givenBack)
      }
    }),
  { timeout: 30_000 }
)

it.live(
  "uses no colour where none is wanted, and no screen where there is none",
  () =>
    Effect.gen(function* () {
      const home = yield* freshHome
      const screen = yield* onTerminal(["tui"], home, { NO_COLOR: "1" })
      yield* screen.until("● not running")
      screen.press("q")
      expect(yield* screen.exited).toBe(0)
      const painted = screen.output().split("\u001b[0m").join("")
      expect(painted).not.toMatch(color)

      const piped = yield* infernet(["tui"], { home })
      expect(piped).toEqual({
        code: 2,
        stdout: "",
        stderr: "infernet: this is not a terminal: for programs and pipes there is `infernet status --json`\n"
      })
      const dumb = yield* onTerminal(["tui"], home, { TERM: "dumb" })
      expect(yield* dumb.exited).toBe(2)
      expect(dumb.output()).toContain("cannot be drawn on")
      expect(dumb.output()).not.toContain(taken)
    }),
  { timeout: 20_000 }
)
