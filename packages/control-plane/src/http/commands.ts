/** Handlers for operators: a node whole, and what is asked of it. */
import { Api } from "@infernet/contract/api/Api"
import type { Caller } from "@infernet/contract/api/Authorization"
import { IssueCommand } from "@infernet/contract/Command"
import { Effect } from "effect"
import { HttpServerResponse } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { Commands } from "../command/Commands.ts"
import { Nodes } from "../node/Nodes.ts"
import { readJson } from "./body.ts"
import { manager } from "./manager.ts"

const usualPage = 20

/** Runs for whoever calls. */
const as = <A, E>(use: (caller: Caller["Service"]) => Effect.Effect<A, E>) => Effect.flatMap(manager, use)

export const layer = HttpApiBuilder.group(
  Api,
  "commands",
  Effect.fn(function* (handlers) {
    const commands = yield* Commands
    const nodes = yield* Nodes

    return handlers
      .handle("details", ({ params }) =>
        as((caller) => Effect.map(nodes.operated(params.id, caller), ({ details }) => details))
      )
      .handleRaw("issue", ({ headers, params, request }) =>
        Effect.gen(function* () {
          const caller = yield* manager
          const asked = yield* readJson(request, IssueCommand, "error")
          const issued = yield* commands.issue(caller, params.id, asked, headers["idempotency-key"])
          return HttpServerResponse.jsonUnsafe(issued, { status: 202 })
        })
      )
      .handle("list", ({ params, query: { cursor: before, limit = usualPage } }) =>
        as((caller) =>
          Effect.map(commands.list(caller, params.id, { limit, before }), (list) => ({
            commands: list,
            next_cursor: list.length < limit ? null : (list.at(-1)?.id ?? null)
          }))
        )
      )
      .handle("get", ({ params }) => as((caller) => commands.get(caller, params.id, params.command)))
      .handle("cancel", ({ params }) => as((caller) => commands.cancel(caller, params.id, params.command)))
  })
)
