/** Handlers of the receipts API. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { NotFound } from "@infernet/contract/ApiError"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { BillStore } from "../bill/BillStore.ts"
import { maySee, receiptView } from "../bill/view.ts"

const usualPage = 20

export const layer = HttpApiBuilder.group(
  Api,
  "receipts",
  Effect.fn(function* (handlers) {
    const store = yield* BillStore

    return handlers
      .handle("get", ({ params: { id } }) =>
        Effect.gen(function* () {
          const caller = yield* Caller
          const [found] = yield* store.byIds([id])
          if (found !== undefined && maySee(found, caller)) return receiptView(found)
          return yield* new NotFound({ error_message: `neither your jobs nor your nodes have a receipt ${id}` })
        })
      )
      .handle("list", ({ query: { cursor: before, job_id: job, limit = usualPage, node_id: node, status } }) =>
        Effect.gen(function* () {
          const { account, role } = yield* Caller
          const of = role === "admin" ? undefined : account
          const found = yield* store.list({ of, job, node, status, limit, before })
          return {
            cprs: found.map(receiptView),
            next_cursor: found.length < limit ? null : (found.at(-1)?.offer.bill.id ?? null)
          }
        })
      )
  })
)
