/** Handler of quotes: what a job would cost, without one. */
import { Api } from "@infernet/contract/api/Api"
import { Caller } from "@infernet/contract/api/Authorization"
import { SubmitJob } from "@infernet/contract/Job"
import { QuoteView } from "@infernet/contract/Quote"
import { outputCeiling, promptCeiling } from "@infernet/payment/price/ceiling"
import { highest, quoteOf } from "@infernet/payment/price/hold"
import { Router } from "@infernet/routing/Router"
import { Effect } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { refuse } from "../job/submission.ts"
import { wantOf } from "../job/want.ts"
import { isFor, notFor } from "../limits/allowedModels.ts"
import { Quotes } from "../price/Quotes.ts"
import { readJson } from "./body.ts"
import { encoded } from "./encoded.ts"
import { requestOf } from "./jobs.ts"

const answer = encoded(QuoteView)

export const layer = HttpApiBuilder.group(
  Api,
  "quotes",
  Effect.fn(function* (handlers) {
    const quotes = yield* Quotes
    const router = yield* Router
    return handlers.handleRaw("quote", ({ request: httpRequest }) =>
      Effect.gen(function* () {
        const { key } = yield* Caller
        const body = yield* readJson(httpRequest, SubmitJob, "error")
        const [request, most] = [requestOf(body), body.max_price_micros_per_1k]
        const { model } = request
        if (key !== undefined && !isFor(key, model, router)) return yield* notFor(key, model)
        const list = quotes.listPrice(model)
        const terms = quotes.terms({ request, maxPrice: most })
        const able = router.able(wantOf({ request, pin: body.node_id }, terms))
        if ("_tag" in able) return yield* refuse(model, able)
        return answer({
          model: router.advertised(model),
          payments: quotes.mode,
          ceiling_micros: quoteOf(request, list, most).ceiling,
          price: highest(list, most),
          lowest_price: quotes.lowest(list, able),
          prompt_tokens: promptCeiling(request),
          max_tokens: outputCeiling(request),
          nodes: new Set(able.map(({ host }) => host.node)).size
        })
      })
    )
  })
)
