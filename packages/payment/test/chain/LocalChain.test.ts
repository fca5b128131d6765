/** The local chain with the real program: what was on it is there again, whoever was killed. */
import { expect } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { it } from "@infernet/testing/harness"
import { Effect, Schedule } from "effect"
import { rpc } from "../../src/chain/rpc.ts"
import { freshHome, on } from "./home.ts"

const someone = "0x1111111111111111111111111111111111111111"
const wealth = (url: string) => rpc(url)("eth_getBalance", someone, "latest")

const enrich = (url: string, wei: string) =>
  Effect.andThen(rpc(url)("anvil_setBalance", someone, wei), rpc(url)("anvil_mine", "0x1"))

const pidIn = (root: string) => Number(readFileSync(join(root, "chain", "anvil.pid"), "utf8"))

it.live(
  "finds everything again after its end, and has no account that everybody knows the key of",
  () =>
    Effect.gen(function* () {
      const { root } = yield* freshHome
      yield* on(root, (url) => enrich(url, "0x64"))
      expect(yield* on(root, wealth)).toBe("0x64")
      expect(yield* on(root, (url) => rpc(url)("eth_accounts"))).toEqual([])
    }),
  { timeout: 60_000 }
)

it.live(
  "is started again where anvil is killed, with what was saved, and takes no half of a state for a whole one",
  () =>
    Effect.gen(function* () {
      const { root } = yield* freshHome
      yield* on(root, (url) =>
        Effect.gen(function* () {
          yield* enrich(url, "0x64")
          const state = join(root, "chain", "state.json")
          const isSaved = Effect.sync(() => existsSync(state) && readFileSync(state, "utf8").includes('"0x64"'))
          yield* Effect.repeat(isSaved, { until: (saved) => saved, schedule: Schedule.spaced("20 millis") })
          process.kill(pidIn(root), "SIGKILL")
          const back = Effect.filterOrFail(wealth(url), (wei) => wei === "0x64")
          yield* Effect.retry(back, Schedule.spaced("20 millis"))
        })
      )
      writeFileSync(join(root, "chain", "last.json"), '{"block":')
      expect(yield* on(root, wealth)).toBe("0x64")
      writeFileSync(join(root, "chain", "last.json"), '{"block":')
      writeFileSync(join(root, "chain", "state.json"), '{"block":')
      const { message } = yield* Effect.flip(on(root, wealth))
      expect(message).toMatch(/^the local chain's state .+ is damaged: `infernet chain --reset` begins a new chain$/)
    }),
  { timeout: 60_000 }
)

it.live(
  "ends in good order with a process that is killed, and the next one waits for that",
  () =>
    Effect.gen(function* () {
      const { root } = yield* freshHome
      const script = join(import.meta.dir, "chainParent.ts")
      const parent = Bun.spawn([process.execPath, script, root], { stdout: "pipe", stderr: "inherit" })
      const [url = ""] = yield* Effect.promise(async () => {
        const { value } = await parent.stdout.getReader().read()
        return new TextDecoder().decode(value).trim().split("\n")
      })
      yield* enrich(url, "0x65")
      parent.kill("SIGKILL")
      yield* Effect.promise(() => parent.exited)
      expect(yield* on(root, wealth)).toBe("0x65")
    }),
  { timeout: 60_000 }
)

it.live(
  "is of one process at a time",
  () =>
    Effect.gen(function* () {
      const { root } = yield* freshHome
      const { message } = yield* on(root, () => Effect.flip(on(root, wealth)))
      expect(message).toContain("runs already")
    }),
  { timeout: 60_000 }
)
