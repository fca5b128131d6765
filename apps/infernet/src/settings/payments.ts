/** Whether and how this control plane charges, as its operator has said it. */
import type { Caps } from "@infernet/control-plane/gateway/reserves"
import type { ChainName } from "@infernet/payment/settlement/Chain"
import { Effect, Option } from "effect"
import { Failure } from "../terminal/exit.ts"
import { flag, setting } from "./options.ts"
import * as values from "./values.ts"

export type Choice = "off" | "ledger" | ChainName

export const paymentsFlag = flag(
  "payments",
  "<how>",
  "off, ledger, local (a chain of test money) or a chain's name (INFERNET_PAYMENTS)",
  values.payments
)

const choice = setting("INFERNET_PAYMENTS", values.payments)

/** Off unless somebody has said otherwise. */
export const payments = (given: Option.Option<Choice>) =>
  Effect.map(
    choice(given),
    Option.getOrElse((): Choice => "off")
  )

const dollars = (variable: string, usual: bigint) =>
  Effect.map(
    setting(variable, values.dollars)(),
    Option.getOrElse(() => usual)
  )

const dollar = 1_000_000n

/** The platform's part, in ten-thousandths; none where nobody has said. */
export const feeBps = setting("INFERNET_FEE_BPS", values.feeBps)
export const usualFeeBps = 1_500
/** Where no chain says it. */
export const chargedFeeBps = Effect.map(
  feeBps(),
  Option.getOrElse(() => usualFeeBps)
)

/** Of a new account, in micro-USDC: credit is the platform's own money where nodes are paid over a chain. */
export const startingCredit = (choice: Choice) => dollars("INFERNET_STARTING_CREDIT", choice === "ledger" ? dollar : 0n)

/** Signed for and not yet billed at most, a channel, in micro-USDC. */
export const outstanding = dollars("INFERNET_GATEWAY_OUTSTANDING", 25n * dollar)

/** How much may be reserved for nodes. */
export const caps = Effect.gen(function* () {
  const caps: Caps = {
    buffer: yield* dollars("INFERNET_GATEWAY_BUFFER", 5n * dollar),
    perNode: yield* dollars("INFERNET_GATEWAY_CAP_PER_NODE", 100n * dollar),
    total: yield* dollars("INFERNET_GATEWAY_CAP", 1_000n * dollar)
  }
  if (caps.buffer > caps.perNode || caps.perNode > caps.total) {
    const message =
      "INFERNET_GATEWAY_BUFFER may not be more than INFERNET_GATEWAY_CAP_PER_NODE, nor that more than INFERNET_GATEWAY_CAP"
    return yield* new Failure({ message, code: 2 })
  }
  return caps
})
