/** Books in memory: each entry is one synchronous function, so it is as atomic as a transaction. */
import type { ChannelId } from "@infernet/contract/Receipt"
import { Context, Effect, Layer } from "effect"
import { accountOf, type Books, byAccount, isSame, type NewEntry, overdraws, type Posted } from "./Books.ts"
import type { Entry } from "./Ledger.ts"

/** A channel as far as bills need it. */
export interface ChannelSums {
  readonly feeBps: number
  readonly seq: bigint
  readonly cumulative: bigint
}

export class BooksMemory extends Context.Service<
  BooksMemory,
  {
    readonly balance: (account: string) => bigint
    readonly post: (entry: NewEntry) => Posted
    /** Those over which bills are written; whoever makes or disputes bills in memory keeps them here. */
    readonly channels: Map<ChannelId, ChannelSums>
    readonly books: Books
  }
>()("@infernet/control-plane/ledger/BooksMemory") {
  /** Holds everything for the life of the layer. */
  static readonly layer = Layer.sync(BooksMemory, () => {
    const balances = new Map<string, bigint>()
    const written: Array<NewEntry & { readonly id: bigint }> = []
    const byReference = new Map<string, NewEntry>()
    const balance = (account: string) => balances.get(account) ?? 0n

    const post = (entry: NewEntry): Posted => {
      const name = `${entry.kind} ${entry.reference}`
      const before = byReference.get(name)
      if (before !== undefined) return { _tag: "Before", same: isSame(byAccount(before.moves), byAccount(entry.moves)) }
      const overdrawn = overdraws(entry.moves, balance)
      if (overdrawn !== undefined) return overdrawn
      byReference.set(name, entry)
      written.push({ ...entry, id: BigInt(written.length + 1) })
      for (const move of entry.moves) balances.set(accountOf(move), balance(accountOf(move)) + move.amount)
      return { _tag: "Posted" }
    }

    const books: Books = {
      post: (entry) => Effect.sync(() => post(entry)),
      balances: (owner) =>
        Effect.sync(
          () =>
            new Map(
              [...balances].flatMap(([account, amount]) => {
                const [kind = "", of] = account.split(":")
                return of === owner ? [[kind, amount] as const] : []
              })
            )
        ),
      entries: (owner, { before, limit }) =>
        Effect.sync(() =>
          written
            .filter(
              ({ id, moves }) => (before === undefined || id < before) && moves.some((move) => move.owner === owner)
            )
            .toReversed()
            .slice(0, limit)
            .map(({ moves, redeemed: _redeemed, ...entry }): Entry => ({
              ...entry,
              moved: Object.fromEntries(
                moves.flatMap((move) => (move.owner === owner ? [[move.kind, move.amount]] : []))
              )
            }))
        ),
      rebuilt: Effect.sync(() => {
        const rebuilt = new Map<string, bigint>()
        for (const { moves } of written)
          for (const move of moves) rebuilt.set(accountOf(move), (rebuilt.get(accountOf(move)) ?? 0n) + move.amount)
        return {
          sum: [...rebuilt.values()].reduce((sum, amount) => sum + amount, 0n),
          differing: [...balances].flatMap(([account, amount]) =>
            rebuilt.get(account) === amount ? [] : [{ account, balance: amount, rebuilt: rebuilt.get(account) ?? 0n }]
          )
        }
      }),
      hasAccount: () => Effect.succeed(true)
    }
    return { balance, post, channels: new Map(), books }
  })
}
