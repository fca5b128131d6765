/** Handlers for operators who bring nodes, and for administrators who let them in. */
import { Api } from "@infernet/contract/api/Api"
import { Forbidden } from "@infernet/contract/ApiError"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { Joining } from "../invite/Joining.ts"
import { manager } from "./manager.ts"

export const layer = HttpApiBuilder.group(
  Api,
  "joining",
  Effect.fn(function* (handlers) {
    const joining = yield* Joining
    return handlers
      .handle("createLinkCode", () =>
        Effect.gen(function* () {
          const { account, role } = yield* manager
          if (role === "client") {
            return yield* new Forbidden({ error_message: "link codes are for operators: this key is a client's" })
          }
          return yield* joining.issue(account)
        })
      )
      .handle("approveNode", ({ params }) =>
        Effect.gen(function* () {
          const { role } = yield* manager
          if (role !== "admin") {
            return yield* new Forbidden({ error_message: "nodes are approved by the network's administrator" })
          }
          return yield* joining.approve(params.id)
        })
      )
  })
)
