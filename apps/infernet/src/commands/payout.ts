/** `infernet payout`: receipts into money, and where it goes. */
import { Effect, Layer, Logger, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as services from "../payout/services.ts"
import { chainFlags, required } from "../settings/chain.ts"
import * as options from "../settings/options.ts"
import * as values from "../settings/values.ts"
import { Failure } from "../terminal/exit.ts"
import { quietly } from "../terminal/progress.ts"
import { setAddress } from "./payout/address.ts"
import { pay } from "./payout/pay.ts"

const flagOf = (name: string, description: string) =>
  Flag.Boolean(name).pipe(Flag.withDescription(description), Flag.withDefault(false))

export const payout = Command.make(
  "payout",
  {
    dryRun: flagOf("dry-run", "Say what would be paid, and send nothing"),
    all: flagOf("all", "Everything that is owed, whatever its gas costs"),
    auto: flagOf("auto", "Only from $5 on, or after a day, as INFERNET_AUTO_PAYOUT does"),
    setAddress: options.flag(
      "set-address",
      "<address>",
      "Register the node on chain with this address for its earnings, or change it, which takes two days",
      values.payoutAddress
    ),
    operatorKey: options.flag(
      "operator-key",
      "<file>",
      "The operator's key where it is kept elsewhere; usually keys/operator.key in the home",
      values.text
    ),
    ...chainFlags,
    json: options.json
  },
  Effect.fnUntraced(function* ({ all, auto, dryRun, json, operatorKey, setAddress: address, ...given }) {
    if (all && auto)
      return yield* new Failure({ message: "either --all or --auto: they contradict each other", code: 2 })
    if (Option.isSome(address) && (all || auto || dryRun)) {
      const message = "--set-address pays nothing out: leave out --all, --auto and --dry-run"
      return yield* new Failure({ message, code: 2 })
    }
    const place = yield* required(given)
    const run = Effect.gen(function* () {
      if (Option.isSome(address)) return yield* setAddress({ payout: address.value, operatorKey, json })
      return yield* pay({ mode: all ? "all" : auto ? "auto" : "usual", dryRun, operatorKey, json })
    })
    // What is told is for whoever has asked, in words or as JSON.
    const silent = Logger.layer([])
    yield* run.pipe(Effect.provide(services.layer(place).pipe(Layer.provideMerge(silent))), quietly(json))
  })
).pipe(
  Command.withShortDescription("Pay out what this node's receipts are worth, and say where to"),
  Command.withDescription(
    "Pay out what this node's receipts are worth: the newest of each channel, by what the chain says is paid. Without\n" +
      "  --all, only what is worth its gas. Run twice, it pays nothing twice; broken off, it looks for what it had sent\n" +
      "  first. The escrow contract is UNAUDITED. The operator's key, or the node's, needs some of the chain's coin for gas."
  ),
  Command.withExamples([
    { command: "infernet payout --set-address 0xAbC…", description: "Once: register the node, and where it is paid" },
    { command: "infernet payout --dry-run", description: "What would be paid, and why the rest would not" },
    { command: "infernet payout", description: "Pay it" },
    { command: "infernet config set auto_payout true", description: "Let the node do so by itself" }
  ])
)
