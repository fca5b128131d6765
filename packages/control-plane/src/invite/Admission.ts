/** Who may become a node here: those that are known, those that bring a link code, or everybody, as it was set. */
import * as LinkCode from "@infernet/auth/LinkCode"
import { Forbidden, type Unavailable } from "@infernet/contract/ApiError"
import type { AccountId, NodeId } from "@infernet/contract/Id"
import type { NodeView, Registration } from "@infernet/contract/Node"
import { Context, Effect, Layer } from "effect"
import { Nodes } from "../node/Nodes.ts"
import { NodeStore } from "../node/NodeStore.ts"
import { Settings } from "../Settings.ts"
import { LinkCodeStore } from "./LinkCodeStore.ts"

export class Admission extends Context.Service<
  Admission,
  {
    /** Registers a node, or updates it; with a link code it joins that code's account. */
    readonly register: (id: NodeId, registration: Registration) => Effect.Effect<NodeView, Forbidden | Unavailable>
  }
>()("@infernet/control-plane/invite/Admission") {
  static readonly layer = Layer.effect(
    Admission,
    Effect.gen(function* () {
      const codes = yield* LinkCodeStore
      const nodes = yield* Nodes
      const store = yield* NodeStore
      const { admission } = yield* Settings

      /** Who has only a node's later key is that node, and must not be taken for a new one. */
      const isNobodyElse = Effect.fnUntraced(function* (id: NodeId, publicKey: string) {
        if (nodes.publicKey(id) !== undefined) return
        const owner = yield* store.keyOwner(publicKey)
        if (owner !== undefined && owner !== id) return yield* new Forbidden({ error_message: keyOf(owner) })
      })

      const register = Effect.fn("Admission.register")(function* (id: NodeId, registration: Registration) {
        yield* isNobodyElse(id, registration.public_key)
        const isOwn = id === admission.own
        const approved = !admission.needsApproval || isOwn
        const typed = registration.link_code ?? ""
        if (typed !== "") {
          const code = LinkCode.parse(typed)
          if (code === undefined) return yield* new Forbidden({ error_message: notACode })
          const hash = LinkCode.hash(code)
          return yield* nodes.register(id, registration, (node) =>
            codes.redeem({ hash, node: id, at: node.at }, (account) =>
              Effect.andThen(mayJoin(id, account), store.register({ ...node, account, approved }))
            )
          )
        }
        if (admission.inviteOnly && !isOwn && nodes.publicKey(id) === undefined) {
          return yield* new Forbidden({ error_message: inviteOnly })
        }
        return yield* nodes.register(id, registration, (node) => store.register({ ...node, approved }))
      })

      /** A code and a node's key, which may be stolen, do not take it away from the account that it belongs to. */
      const mayJoin = (id: NodeId, account: AccountId | undefined) => {
        const owner = nodes.owner(id)
        const isFree = account === undefined || owner === null || owner === account
        return isFree ? Effect.void : Effect.fail(new Forbidden({ error_message: ownedBy }))
      }

      return Admission.of({ register })
    })
  )
}

const notACode = "a link code has 12 letters and digits, such as K7QM-2XRD-9FTA: check what was typed"
const inviteOnly =
  "this network takes new nodes by invitation: ask its operator for a link code, which `infernet link-code create` " +
  "makes there, and start with --link-code CODE"
const ownedBy =
  "this node belongs to another account, which a link code does not change: its administrator may give it away"
const keyOf = (owner: NodeId) =>
  `this is a key of the node ${owner}, which names itself in the second line of its key file: restore the whole file`
