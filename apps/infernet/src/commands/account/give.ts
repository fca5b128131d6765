/** `infernet account deposit` and `credit`: money and credit by an administrator's word. */
import { usdc } from "@infernet/contract/Micros"
import { Console, DateTime, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Local } from "../../client/Local.ts"
import * as options from "../../settings/options.ts"
import * as values from "../../settings/values.ts"
import { Failure } from "../../terminal/exit.ts"
import { jsonText } from "../../terminal/json.ts"
import { plain } from "../../terminal/style.ts"
import { standingText } from "./balance.ts"
import { accountOf, whoArgument } from "./who.ts"

const amountArgument = Argument.String("usd").pipe(
  Argument.withDescription("Dollars, to the millionth: 25, or 0.5"),
  Argument.filterMap(values.dollars.parse, () => values.dollars.expected)
)

const give = (
  name: "deposit" | "credit",
  done: string,
  { about, examples }: { readonly about: string; readonly examples: ReadonlyArray<Command.Command.Example> }
) =>
  Command.make(
    name,
    {
      who: whoArgument,
      amount: amountArgument,
      reference: options.flag(
        "reference",
        "<text>",
        "What it is for, a payment's number say: the same reference is booked once",
        values.text
      ),
      note: Flag.String("note").pipe(Flag.withMetavar("<text>"), Flag.withDescription("For the ledger"), Flag.optional),
      json: options.json
    },
    Effect.fn(function* ({ amount, json, note, reference, who }) {
      if (amount === 0n) return yield* new Failure({ message: "the amount is 0: there is nothing to book", code: 2 })
      const account = yield* accountOf(who)
      const at = DateTime.formatIso(yield* DateTime.now)
      const payload = {
        amount_micros: amount,
        reference: Option.getOrElse(reference, () => `${name} ${account.id} ${at}`),
        ...(Option.isSome(note) && { note: note.value })
      }
      const local = yield* Local
      const given = yield* local.administer((admin) => admin[name]({ params: { id: account.id }, payload }))
      if (json) return yield* Console.log(jsonText(given))
      const said = given.booked
        ? `${done} $${usdc(amount)} to ${plain(account.name)}`
        : "booked before, with this reference"
      yield* Console.log(`${said}\n${standingText({ payments: "ledger", balance: given.balance })}`)
    })
  ).pipe(Command.withDescription(about), Command.withExamples(examples))

export const deposit = give("deposit", "deposited", {
  about: "Book money that came in for an account.",
  examples: [
    {
      command: "infernet account deposit alice 25 --reference invoice-17",
      description: "However often it is repeated, once"
    }
  ]
})

export const credit = give("credit", "gave", {
  about: "Give an account credit: it pays for jobs, and nobody can withdraw or redeem it.",
  examples: [{ command: "infernet account credit alice 1 --note 'to try things out'", description: "A dollar's worth" }]
})
