/** Which offers of a backend go out: what its server calls a model may be anything, and one bad word would cost the node its link. */
import { ModelOffer } from "@infernet/contract/Node"
import { Schema } from "effect"

/** What a node may offer in all. */
export const mostOffers = 1024

const decodes = Schema.is(ModelOffer)
/** Half a character is nothing that a database stores, and a name of signs alone none that a client finds. */
const isOffer = (offer: ModelOffer): boolean =>
  decodes(offer) &&
  /[\p{L}\p{N}]/u.test(offer.id) &&
  [offer.id, offer.quantization, offer.digest].every((text) => text?.isWellFormed() !== false)

/** What an offer says beside its name is left out where some of it is unfit: the model is as good without it. */
const bare = ({ backend, capabilities, demo, id, slots, state }: ModelOffer): ModelOffer => ({
  id,
  backend,
  state,
  capabilities,
  slots,
  ...(demo !== undefined && { demo })
})

/** Each name once, and only those that the network takes: printable, 256 characters at most. */
export const offerable = (offers: ReadonlyArray<ModelOffer>): ReadonlyArray<ModelOffer> => {
  const found = new Map<string, ModelOffer>()
  for (const offer of offers) {
    if (found.size >= mostOffers) break
    if (found.has(offer.id)) continue
    const fit = isOffer(offer) ? offer : bare(offer)
    if (fit === offer || isOffer(fit)) found.set(fit.id, fit)
  }
  return [...found.values()]
}
