/**
 * The durable truth about link codes.
 *
 * ```
 *   fresh ──first node that brings it──▶ used by that node, for ever
 *     └──15 minutes──▶ expired, forgotten with the account's next one
 * ```
 */
import { Forbidden, type Unavailable } from "@infernet/contract/ApiError"
import type { AccountId, NodeId } from "@infernet/contract/Id"
import { Context, DateTime, Effect, Layer } from "effect"

export interface NewLinkCode {
  readonly hash: string
  readonly accountId: AccountId
  readonly createdAt: DateTime.Utc
  readonly expiresAt: DateTime.Utc
}

export interface StoredLinkCode extends NewLinkCode {
  readonly usedBy: NodeId | null
}

export interface Redemption {
  readonly hash: string
  readonly node: NodeId
  readonly at: DateTime.Utc
}

/** Codes of one account that wait to be used at a time. */
export const unusedLimit = 20

export class LinkCodeStore extends Context.Service<
  LinkCodeStore,
  {
    /** `false` when the account has `unusedLimit` codes that wait to be used; nothing was stored. */
    readonly create: (code: NewLinkCode) => Effect.Effect<boolean, Unavailable>
    /**
     * Uses the code for this node and lets it `join` the account, both or neither: of many that try at once one does.
     * The node that has used it before joins as it is, without an account to be given to.
     */
    readonly redeem: <A>(
      redemption: Redemption,
      join: (account: AccountId | undefined) => Effect.Effect<A, Forbidden | Unavailable>
    ) => Effect.Effect<A, Forbidden | Unavailable>
  }
>()("@infernet/control-plane/invite/LinkCodeStore") {
  /** Each change is one synchronous step, so it is as atomic as a transaction. */
  static readonly layerMemory = Layer.sync(LinkCodeStore, () => {
    const rows = new Map<string, StoredLinkCode>()
    return {
      create: (code) =>
        Effect.sync(() => {
          const own = [...rows.values()].filter(({ accountId, usedBy }) => accountId === code.accountId && !usedBy)
          const [late, waiting] = [
            own.filter(isOver(code.createdAt)),
            own.filter((row) => !isOver(code.createdAt)(row))
          ]
          for (const { hash } of late) rows.delete(hash)
          if (waiting.length >= unusedLimit) return false
          rows.set(code.hash, { ...code, usedBy: null })
          return true
        }),
      redeem: <A>(
        redemption: Redemption,
        join: (account: AccountId | undefined) => Effect.Effect<A, Forbidden | Unavailable>
      ) =>
        Effect.suspend((): Effect.Effect<A, Forbidden | Unavailable> => {
          const row = rows.get(redemption.hash)
          const account = judge(row, redemption)
          if (account instanceof Forbidden) return Effect.fail(account)
          if (row === undefined || account === undefined) return join(undefined)
          rows.set(row.hash, { ...row, usedBy: redemption.node })
          return Effect.onError(join(account), () => Effect.sync(() => rows.set(row.hash, row)))
        })
    }
  })
}

const isOver =
  (at: DateTime.Utc) =>
  ({ expiresAt }: Pick<NewLinkCode, "expiresAt">): boolean =>
    DateTime.isLessThanOrEqualTo(expiresAt, at)

const again = "ask the network's operator for a new one"

/** The account to join; `undefined` for the node that joined with it before; else why not. */
export const judge = (
  row: StoredLinkCode | undefined,
  { at, node }: Omit<Redemption, "hash">
): AccountId | undefined | Forbidden => {
  if (row === undefined) return new Forbidden({ error_message: `this link code is not known: check it, or ${again}` })
  if (row.usedBy === node) return undefined
  if (row.usedBy !== null) {
    return new Forbidden({ error_message: `this link code was used by another node: ${again}` })
  }
  return isOver(at)(row) ? new Forbidden({ error_message: `this link code has expired: ${again}` }) : row.accountId
}
