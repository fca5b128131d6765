/** The whole way of money on one machine: a chat, a payout, and the balances that follow, on a chain of test money. */
import { expect } from "bun:test"
import { LocalDeployment } from "@infernet/payment/chain/LocalDeployment"
import { rpc } from "@infernet/payment/chain/rpc"
import { it } from "@infernet/testing/harness"
import { Effect, Schedule, Schema } from "effect"
import { readFileSync } from "node:fs"
import { join } from "node:path"
import { freePort, freshHome, infernet, ready, running } from "./infernet.ts"
import { descendants, living } from "./processes.ts"
import { testAnvil } from "./testAnvil.ts"

const deploymentIn = (home: string) =>
  Schema.decodeUnknownSync(Schema.fromJsonString(LocalDeployment))(
    readFileSync(join(home, "chain", "deployment.json"), "utf8")
  )

/** Test dollars of an address, in millionths: what the token's `balanceOf` says. */
const dollars = ({ rpc_url, token }: LocalDeployment, address: string) =>
  Effect.map(
    rpc(rpc_url)("eth_call", { to: token, data: `0x70a08231${address.slice(2).padStart(64, "0")}` }, "latest"),
    (balance) => BigInt(String(balance))
  )

const start = Effect.fnUntraced(function* (home: string, port: number, env: Readonly<Record<string, string>>) {
  const network = yield* running(["start", "--payments", "local", "--port", `${port}`], { home, env })
  yield* network.until(ready)
  return network
})

/** A payout as it prints its transaction's hash: on a fast machine the node's reserve is a moment behind its first chat. */
const paidOut = (home: string) =>
  Effect.repeat(infernet(["payout", "--all"], { home }), { until: ({ stdout }) => /0x[0-9a-f]{64}/.test(stdout) })

const micros = (text: string | undefined): bigint => {
  const [whole = "", fraction = ""] = (text ?? "").split(".")
  return BigInt(whole) * 1_000_000n + BigInt(fraction.padEnd(6, "0"))
}

it.live(
  "pays a chat's node out on chain with the fee to the treasury, and finds everything again after a kill",
  () =>
    Effect.gen(function* () {
      const [home, port, env] = yield* Effect.all([freshHome, freePort, testAnvil])
      const first = yield* start(home, port, env)
      expect(first.output()).toContain("test money, worth nothing")
      const deployment = deploymentIn(home)
      expect(first.output()).toContain(`${deployment.escrow} (unaudited)`)

      expect((yield* infernet(["chat", "Tell me a story about a heron."], { home })).code).toBe(0)
      const payout = yield* paidOut(home)
      expect([payout.code, payout.stderr]).toEqual([0, ""])
      const [, earned, , net, fee] = /^0x\S+ +(\S+) +(\S+) +(\S+) +(\S+)$/m.exec(payout.stdout) ?? []
      const [amount, kept] = [micros(earned), micros(fee)]
      expect(amount > 0n).toBe(true)
      expect(kept).toBe((amount * 1_500n) / 10_000n)
      expect(micros(net)).toBe(amount - kept)
      expect(yield* dollars(deployment, deployment.operator)).toBe(amount - kept)
      const fees = Effect.filterOrFail(dollars(deployment, deployment.treasury), (balance) => balance === kept)
      yield* Effect.retry(fees, Schedule.spaced("100 millis"))

      const children = descendants(first.pid)
      yield* first.stop("SIGKILL")
      const gone = Effect.sync(() => living(children).length === 0)
      yield* Effect.repeat(gone, { until: (gone) => gone, schedule: Schedule.spaced("50 millis") })

      const second = yield* start(home, port, env)
      expect({ ...deploymentIn(home), rpc_url: "" }).toEqual({ ...deployment, rpc_url: "" })
      const again = yield* paidOut(home)
      expect(again.code).toBe(0)
      // The second start's own check is one more job on the channel of before.
      const now = deploymentIn(home)
      const [, total] = /^0x\S+ +(\S+) +(\S+) +(\S+) +(\S+)$/m.exec(again.stdout) ?? []
      expect(micros(total) > amount).toBe(true)
      const paid = micros(total) - (micros(total) * 1_500n) / 10_000n
      expect(yield* dollars(now, now.operator)).toBe(paid)
      expect((yield* second.stop("SIGTERM")).code).toBe(0)
      expect(first.output() + second.output()).not.toMatch(/warning|error/)
    }),
  { timeout: 180_000 }
)
