/** `infernet chain`: the home's own chain of test money, alone and in the foreground. */
import { reset } from "@infernet/payment/chain/reset"
import type { LocalDeployment } from "@infernet/payment/chain/LocalDeployment"
import { Home } from "@infernet/platform/Home"
import { Console, Effect, References } from "effect"
import { Command, Flag } from "effect/cli"
import * as options from "../settings/options.ts"
import * as settings from "../settings/payments.ts"
import { Failure, untilStopped } from "../terminal/exit.ts"
import { jsonText } from "../terminal/json.ts"
import { quietly } from "../terminal/progress.ts"
import { bold, dim, row, yellow } from "../terminal/style.ts"

// Loaded only by who starts a chain.
const local = Effect.promise(() => import("../network/charging/local.ts"))

const told = ({ chain_id, escrow, gateway, operator, owner, rpc_url, token, treasury }: LocalDeployment): string =>
  [
    row("chain", `${rpc_url} ${dim(`(id ${chain_id})`)}`),
    row("money", yellow("test money, worth nothing")),
    row("token", `${token} ${dim("(tUSD, 6 decimals)")}`),
    row("escrow", `${escrow} ${yellow("(unaudited)")}`),
    "",
    dim("  With gas, and keys in this home: who pays nodes, who is paid, who mints."),
    "",
    row("gateway", `${gateway} ${dim("keys/gateway.key")}`),
    row("operator", `${operator} ${dim("keys/operator.key")}`),
    row("owner", `${owner} ${dim("chain/owner.key")}`),
    "",
    row("treasury", `${treasury} ${dim("gets the platform's fees")}`)
  ].join("\n")

const run = (isJson: boolean) =>
  Effect.gen(function* () {
    const { root } = yield* Home
    if (!isJson) yield* Console.log(`${bold("infernet chain")}\n\n${row("home", root)}`)
    const { begun, chain } = yield* (yield* local).run(yield* settings.chargedFeeBps, []).pipe(quietly(isJson))
    yield* Console.log(
      isJson ? jsonText(begun.deployment) : `${told(begun.deployment)}\n\n${bold("ready")}  ${chain.url}`
    )
    const code = yield* chain.ended
    return yield* new Failure({ message: `the local chain has ended by itself (exit code ${code}): start it again` })
  })

const begunAnew = Effect.gen(function* () {
  const { root } = yield* Home
  const wasThere = yield* Effect.mapError(reset(root), ({ message }) => new Failure({ message }))
  yield* Console.log(
    wasThere
      ? row("chain", "gone, with all that was on it; the next start begins a new one")
      : row("chain", "there is none in this home")
  )
})

export const chain = Command.make(
  "chain",
  {
    json: options.json,
    reset: Flag.Boolean("reset").pipe(
      Flag.withDescription("Take away the chain of this home and all that is on it"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* ({ json, reset }) {
    if (reset) return yield* begunAnew
    yield* untilStopped
    const stopping = json ? Effect.void : Console.log("\nstopping")
    return yield* Effect.onInterrupt(run(json), () => stopping).pipe(
      Effect.scoped,
      // What it does is told in rows.
      Effect.provideService(References.MinimumLogLevel, "Warn")
    )
  })
).pipe(
  Command.withShortDescription("A chain of this machine's own, for test money"),
  Command.withDescription(
    "Run a chain in this home, alone, with a token, an escrow (unaudited) and keys that have gas: for trying out payments.\n" +
      "  `infernet start --payments local` runs the same one. Only this machine reaches it, and all that is on it is worth\n" +
      "  nothing. Ctrl-C stops it; the next start goes on where it was."
  ),
  Command.withExamples([
    { command: "infernet chain", description: "Run it, and show its addresses" },
    { command: "infernet chain --json | jq -r .rpc_url", description: "Where it answers" },
    { command: "infernet chain --reset", description: "Begin anew" }
  ])
)
