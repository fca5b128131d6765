/** Bills and receipts, over any stores. */
import { Layer } from "effect"
import { Billing } from "./Billing.ts"
import { BytesPerToken } from "./BytesPerToken.ts"
import { Channels } from "./Channels.ts"
import { Offers } from "./Offers.ts"
import { Receipts } from "./Receipts.ts"

/** What makes bills and offers them; what is answered to them is taken by `Receipts`. */
export const billing = Billing.layer.pipe(
  Layer.provideMerge(Layer.mergeAll(Channels.layer, Offers.layer, BytesPerToken.layer))
)

export const all = Receipts.layer.pipe(Layer.provideMerge(billing))
