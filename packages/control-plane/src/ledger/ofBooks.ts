/** The ledger over any books: what is refused, in words, and what is written. */
import { Conflict, InsufficientFunds, NotFound } from "@infernet/contract/ApiError"
import type { AccountId } from "@infernet/contract/Id"
import { usdc } from "@infernet/contract/Micros"
import { DateTime, Effect } from "effect"
import { customerKinds, nodeKinds } from "./accounts.ts"
import type { Books, NewEntry } from "./Books.ts"
import { type Balance, Ledger, type NodeBalance, type Transfer } from "./Ledger.ts"
import * as moves from "./moves.ts"

type Asked = Pick<NewEntry, "kind" | "moves" | "reference"> & Partial<Pick<NewEntry, "job" | "note" | "redeemed">>

const differs = ({ kind, reference }: Asked) =>
  new Conflict({
    error_message: `there is another ${kind} of the reference ${reference}: give each its own reference`
  })

const noAccount = (id: AccountId) => new NotFound({ error_message: `no account has the id ${id}` })

const asked = ({ note, reference }: Transfer) => ({ reference, note: note ?? null })

export const ofBooks = (books: Books) => {
  /** `false`: it was written before. */
  const write = Effect.fnUntraced(function* (asked: Asked) {
    const result = yield* books.post({ job: null, note: null, ...asked, at: yield* DateTime.now })
    if (result._tag === "Overdrawn") {
      const { balance, move } = result
      return yield* new InsufficientFunds({
        error_message: `${usdc(-move.amount)} USDC are more than there is: ${usdc(balance)} (${move.kind})`
      })
    }
    if (result._tag === "Before" && !result.same) return yield* differs(asked)
    if (result._tag === "Posted") {
      yield* Effect.logInfo("money moved", { kind: asked.kind, reference: asked.reference })
    }
    return result._tag === "Posted"
  })

  /** For what takes from nobody who could have too little. */
  const writeCovered = (asked: Asked) =>
    Effect.catchTag(write(asked), "InsufficientFunds", (error) => Effect.die(error))

  const toAccount = <A, E>(account: AccountId, written: Effect.Effect<A, E>) =>
    Effect.flatMap(books.hasAccount(account), (is): Effect.Effect<A, E | NotFound> =>
      is ? written : Effect.fail(noAccount(account))
    )

  return Ledger.of({
    balance: Effect.fn("Ledger.balance")(function* (account) {
      const found = yield* books.balances(account)
      return Object.fromEntries(customerKinds.map((kind) => [kind, found.get(kind) ?? 0n])) as Balance
    }),
    nodeBalance: Effect.fn("Ledger.nodeBalance")(function* (node) {
      const found = yield* books.balances(node)
      return Object.fromEntries(nodeKinds.map((kind) => [kind, found.get(kind) ?? 0n])) as NodeBalance
    }),
    entries: books.entries,
    deposit: (transfer) => {
      const { account, amount } = transfer
      return toAccount(
        account,
        writeCovered({ kind: "deposit", ...asked(transfer), moves: moves.deposit(account, amount) })
      )
    },
    withdraw: (transfer) => {
      const { account, amount } = transfer
      return toAccount(account, write({ kind: "withdraw", ...asked(transfer), moves: moves.withdraw(account, amount) }))
    },
    credit: (transfer) => {
      const { account, amount } = transfer
      return toAccount(
        account,
        writeCovered({ kind: "credit", ...asked(transfer), moves: moves.credit(account, amount) })
      )
    },
    redeemed: ({ amount, channel, fee, node, reference }) =>
      write({ kind: "redeem", reference, moves: moves.redeem({ amount, fee, node }), redeemed: { channel, amount } }),
    expense: ({ amount, attempt, fee, node, note }) =>
      writeCovered({ kind: "expense", reference: attempt, note, moves: moves.expense({ amount, fee, node }) }),
    rebuilt: books.rebuilt
  })
}
