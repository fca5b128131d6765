/** Which account is meant. */
import { Effect } from "effect"
import { Argument } from "effect/cli"
import { Local } from "../../client/Local.ts"
import { Failure } from "../../terminal/exit.ts"
import { plain } from "../../terminal/style.ts"

export const whoArgument = Argument.String("account").pipe(
  Argument.withDescription("Its id, acc_…, or its name, as `infernet account list` shows them")
)

/** Without it, the account of the key with which this home, or the environment, asks. */
export const maybeWho = whoArgument.pipe(
  Argument.withDescription("Its id or name, of an account of the control plane on this machine; without it, one's own"),
  Argument.optional
)

/** The account of an id, or the only one of a name. */
export const accountOf = Effect.fnUntraced(function* (who: string) {
  const local = yield* Local
  const { accounts } = yield* local.administer((admin) => admin.listAccounts())
  const found = accounts.filter(({ id, name }) => id === who || name === who)
  const [only] = found
  if (only === undefined) {
    const message = `there is no account ${plain(who)}: see \`infernet account list\``
    return yield* new Failure({ message, code: 2 })
  }
  if (found.length > 1) {
    const message = `${found.length} accounts are called ${plain(who)}: say which by its id`
    return yield* new Failure({ message, code: 2 })
  }
  return only
})
