/** `infernet account balance`: what an account has. */
import { OwnAccount } from "@infernet/contract/api/Account"
import type { BalanceView, PaymentsMode } from "@infernet/contract/Ledger"
import { usdc } from "@infernet/contract/Micros"
import { Console, Effect, Option } from "effect"
import { Command } from "effect/cli"
import { HttpClientRequest } from "effect/http"
import { decode, send } from "../../client/api.ts"
import { Local } from "../../client/Local.ts"
import * as Target from "../../client/Target.ts"
import * as options from "../../settings/options.ts"
import { jsonText } from "../../terminal/json.ts"
import { row } from "../../terminal/style.ts"
import { accountOf, maybeWho } from "./who.ts"

export interface Standing {
  readonly payments: PaymentsMode
  readonly balance: BalanceView | null
}

const part = (free: bigint, held: bigint): string =>
  `$${usdc(free)}${held === 0n ? "" : `, and $${usdc(held)} held for jobs`}`

/** What is held is for jobs that have not ended. */
export const standingText = ({ balance, payments }: Standing): string => {
  if (payments === "off" || balance === null) return "payments are off: nothing is charged"
  const { available_micros, credit_held_micros, credit_micros, held_micros } = balance
  return [
    row("available", part(available_micros, held_micros)),
    row("credit", part(credit_micros, credit_held_micros))
  ].join("\n")
}

/** Of the account whose key asks. */
const own = Effect.fnUntraced(function* (controlPlane: Option.Option<string>) {
  const target = yield* Target.find(controlPlane)
  const account = yield* Effect.flatMap(send(target, HttpClientRequest.get("/api/v1/account")), decode(OwnAccount))
  const standing: Standing = { payments: account.payments, balance: account.balance }
  return standing
})

const of = Effect.fnUntraced(function* (who: string) {
  const { id } = yield* accountOf(who)
  const local = yield* Local
  const standing: Standing = yield* local.administer((admin) => admin.balance({ params: { id } }))
  return standing
})

export const balance = Command.make(
  "balance",
  {
    who: maybeWho,
    json: options.json,
    controlPlane: options.controlPlaneFlag("Ask this network instead of the one here")
  },
  Effect.fn(function* ({ controlPlane, json, who }) {
    const standing = yield* Option.isSome(who) ? of(who.value) : own(controlPlane)
    yield* Console.log(json ? jsonText(standing) : standingText(standing))
  })
).pipe(
  Command.withDescription("Show what an account has: bought money, and credit that it was given."),
  Command.withExamples([
    { command: "infernet account balance", description: "One's own" },
    { command: "infernet account balance alice --json | jq .balance", description: "Of an account here, for programs" }
  ])
)
