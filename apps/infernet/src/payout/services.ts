/** Payouts of this home through one escrow, and the escrow itself. */
import { Book } from "@infernet/payment/settlement/payout/Book"
import { Payouts } from "@infernet/payment/settlement/payout/Payouts"
import * as EscrowViem from "@infernet/payment/settlement/EscrowViem"
import { Home } from "@infernet/platform/Home"
import { Effect, Layer } from "effect"
import { join } from "node:path"

/** Of this home: read by whoever tells of payouts as well. */
export const book = Layer.unwrap(Effect.map(Home, ({ root }) => Book.layerFile(join(root, "payouts.json"))))

export const layer = (place: EscrowViem.EscrowPlace) =>
  Layer.unwrap(Effect.map(Home, ({ root }) => Payouts.layer(join(root, "run", "payout.lock")))).pipe(
    Layer.provideMerge(Layer.merge(EscrowViem.layer(place), book))
  )
