/** Puts on each offer what the operator asks for it, and says once in the log where that is more than counts. */
import type { ModelOffer } from "@infernet/contract/Node"
import { type Price, priceText } from "@infernet/contract/Price"
import { type Ask, askFor } from "@infernet/payment/price/ask"
import { listPriceOfModel } from "@infernet/payment/price/model"
import { usdc } from "@infernet/contract/Micros"
import { Context, Effect } from "effect"

/** What the operator wants for the models, where that is less than the list price. */
export const Asks = Context.Reference<ReadonlyArray<Ask>>("@infernet/daemon/node/Asks", { defaultValue: () => [] })

interface Priced {
  readonly offer: ModelOffer
  readonly ask?: Price
  readonly list?: Price
}

const exceeds = ({ ask, list }: Priced): boolean =>
  ask !== undefined &&
  list !== undefined &&
  (ask.output_micros_per_1k > list.output_micros_per_1k || ask.input_micros_per_1k > list.input_micros_per_1k)

/** The list price as this node reckons it, from what it tells of the model; the control plane's is what counts. */
export const priceOffer = (asks: ReadonlyArray<Ask>, offer: ModelOffer): Priced => {
  const list = listPriceOfModel(offer.id, [offer])
  const ask = askFor(asks, offer.id, list)
  return ask === undefined ? { offer } : { offer: { ...offer, price: priceText(ask) }, ask, list }
}

/** Gives the function that prices offers. */
export const asking = (asks: ReadonlyArray<Ask>) => {
  const told = new Set<string>()
  return Effect.fnUntraced(function* (offers: ReadonlyArray<ModelOffer>) {
    if (asks.length === 0) return offers
    const priced = offers.map((offer) => priceOffer(asks, offer))
    for (const one of priced) {
      const { ask, list, offer } = one
      if (!exceeds(one) || told.has(offer.id)) continue
      told.add(offer.id)
      yield* Effect.logWarning("the price asked for a model is over its list price, which counts instead", {
        model: offer.id,
        asked: usdc(ask?.output_micros_per_1k ?? 0n),
        list: usdc(list?.output_micros_per_1k ?? 0n)
      })
    }
    return priced.map(({ offer }) => offer)
  })
}
