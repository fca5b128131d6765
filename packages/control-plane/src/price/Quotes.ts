/** What models cost here: list prices, what nodes ask, and what a job may cost at most. Nothing, where payments are off. */
import type { NodeId } from "@infernet/contract/Id"
import { free, lowered, type Price } from "@infernet/contract/Price"
import { quoteOf } from "@infernet/payment/price/hold"
import { listPriceOfModel } from "@infernet/payment/price/model"
import type { Quote } from "@infernet/payment/price/Quote"
import type { Terms } from "@infernet/routing/candidates"
import type { Entry } from "@infernet/routing/Catalog"
import { askedOf } from "@infernet/routing/names/asked"
import { Router } from "@infernet/routing/Router"
import { Context, Effect, Layer } from "effect"
import type { Submission } from "../job/LiveJob.ts"
import type { PaymentsMode } from "../Payments.ts"
import { Settings } from "../Settings.ts"

export class Quotes extends Context.Service<
  Quotes,
  {
    readonly mode: PaymentsMode
    /** What the job may cost at most, and is held until its end; null where nothing is charged. */
    readonly quote: (submission: Pick<Submission, "maxPrice" | "request">) => Quote | null
    /** What the job's node is chosen by; undefined where nothing is charged. */
    readonly terms: (submission: Pick<Submission, "maxPrice" | "request">) => Terms | undefined
    /** The lowest price among these offers of a model whose list price this is. */
    readonly lowest: (list: Price, entries: ReadonlyArray<Entry>) => Price
    /** Of a model in any spelling, by what all of its nodes tell of it now. */
    readonly listPrice: (model: string) => Price
    /**
     * What a node has for a model in any spelling: the list price lowered to its ask, as that is at this moment, and the
     * list price where it does not offer the model now. To be asked for when an attempt begins: an operator may change it.
     */
    readonly priceOf: (node: NodeId, model: string) => Price
  }
>()("@infernet/control-plane/price/Quotes") {
  static readonly layer = Layer.effect(
    Quotes,
    Effect.suspend(() => make)
  )
}

/** By what is paid for output, which is most of it; of a model without output, for input. */
const less = (a: Price, b: Price): boolean =>
  a.output_micros_per_1k === b.output_micros_per_1k
    ? a.input_micros_per_1k < b.input_micros_per_1k
    : a.output_micros_per_1k < b.output_micros_per_1k

const lowest = (list: Price, entries: ReadonlyArray<Entry>): Price =>
  entries.reduce((least, { ask }) => {
    const price = lowered(list, ask)
    return less(price, least) ? price : least
  }, list)

const listOf = (model: string, entries: ReadonlyArray<Entry>): Price =>
  listPriceOfModel(
    entries[0]?.model ?? askedOf(model).model,
    entries.map(({ offer }) => offer)
  )

const make = Effect.gen(function* () {
  const { payments } = yield* Settings
  const router = yield* Router

  const listPrice = (model: string) => listOf(model, router.entries(model))

  const priceOf = (node: NodeId, model: string): Price => {
    const entries = router.entries(model)
    const own = entries.filter(({ host }) => host.node === node)
    const entry = own.find(({ offer }) => offer.id === model) ?? own[0]
    return lowered(listOf(model, entries), entry?.ask)
  }

  if (payments.mode === "off") {
    return Quotes.of({
      mode: "off",
      quote: () => null,
      terms: () => undefined,
      lowest: () => free,
      listPrice: () => free,
      priceOf: () => free
    })
  }
  return Quotes.of({
    mode: payments.mode,
    quote: ({ maxPrice, request }) => quoteOf(request, listPrice(request.model), maxPrice),
    terms: ({ maxPrice, request }) => ({ list: listPrice(request.model), most: maxPrice }),
    lowest,
    listPrice,
    priceOf
  })
})
