/** Who may become a node here: those that are known, those that bring a link code, or everybody, as it was set. */
import * as LinkCode from "@infernet/auth/LinkCode"
import { Forbidden, type Unavailable } from "@infernet/contract/ApiError"
import type { NodeId } from "@infernet/contract/Id"
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

      const register = Effect.fn("Admission.register")(function* (id: NodeId, registration: Registration) {
        const isOwn = id === admission.own
        const approved = !admission.needsApproval || isOwn
        const typed = registration.link_code ?? ""
        if (typed !== "") {
          const code = LinkCode.parse(typed)
          if (code === undefined) return yield* new Forbidden({ error_message: notACode })
          const hash = LinkCode.hash(code)
          return yield* nodes.register(id, registration, (node) =>
            codes.redeem({ hash, node: id, at: node.at }, (account) => store.register({ ...node, account, approved }))
          )
        }
        if (admission.inviteOnly && !isOwn && nodes.publicKey(id) === undefined) {
          return yield* new Forbidden({ error_message: inviteOnly })
        }
        return yield* nodes.register(id, registration, (node) => store.register({ ...node, approved }))
      })

      return Admission.of({ register })
    })
  )
}

const notACode = "a link code has 12 letters and digits, such as K7QM-2XRD-9FTA: check what was typed"
const inviteOnly =
  "this network takes new nodes by invitation: ask its operator for a link code, which `infernet link-code create` " +
  "makes there, and start with --link-code CODE"
