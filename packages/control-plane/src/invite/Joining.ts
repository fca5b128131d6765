/** What operators and administrators do for nodes to come: issue link codes, and approve those that wait. */
import * as LinkCode from "@infernet/auth/LinkCode"
import { Conflict, type NotFound, type Unavailable } from "@infernet/contract/ApiError"
import type { AccountId, NodeId } from "@infernet/contract/Id"
import { lifeMinutes, type LinkCodeCreated } from "@infernet/contract/LinkCode"
import type { NodeView } from "@infernet/contract/Node"
import { Context, DateTime, Effect, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Nodes } from "../node/Nodes.ts"
import { Relay } from "../relay/Relay.ts"
import { LinkCodeStore, unusedLimit } from "./LinkCodeStore.ts"

export class Joining extends Context.Service<
  Joining,
  {
    /** A code for one node of this account. */
    readonly issue: (account: AccountId) => Effect.Effect<LinkCodeCreated, Conflict | Unavailable>
    /** Lets the node have jobs, from now on. */
    readonly approve: (node: NodeId) => Effect.Effect<NodeView, NotFound | Unavailable>
  }
>()("@infernet/control-plane/invite/Joining") {
  static readonly layer = Layer.effect(
    Joining,
    Effect.gen(function* () {
      const codes = yield* LinkCodeStore
      const nodes = yield* Nodes
      const random = yield* SecureRandom.SecureRandom
      const relay = yield* Relay

      const issue = Effect.fn("Joining.issue")(function* (account: AccountId) {
        const code = yield* Effect.provideService(LinkCode.generate, SecureRandom.SecureRandom, random)
        const createdAt = yield* DateTime.now
        const expiresAt = DateTime.add(createdAt, { minutes: lifeMinutes })
        if (!(yield* codes.create({ hash: LinkCode.hash(code), accountId: account, createdAt, expiresAt }))) {
          const error_message = `${unusedLimit} link codes of this account wait to be used: use one, or wait ${lifeMinutes} minutes`
          return yield* new Conflict({ error_message })
        }
        yield* Effect.logInfo("link code issued", { account })
        return {
          code: LinkCode.format(code),
          account_id: account,
          created_at: DateTime.formatIso(createdAt),
          expires_at: DateTime.formatIso(expiresAt)
        }
      })

      const approve = Effect.fn("Joining.approve")(function* (node: NodeId) {
        const view = yield* nodes.approve(node)
        // The router hears of it now, and not with the node's next word.
        const state = nodes.state(node)
        if (state !== undefined) relay.observe(node, state)
        return view
      })

      return Joining.of({ issue, approve })
    })
  )
}
