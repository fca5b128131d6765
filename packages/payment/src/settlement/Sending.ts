/**
 * Transactions on their way: numbered, signed, kept, sent, and looked after until they are done.
 *
 * ```
 *   simulate ─▶ number and sign ─▶ keep ─▶ send ─▶ look ──mined, confirmed──▶ done
 *                      ▲                    ▲       │ │ │
 *                      │   not seen for long└───────┘ │ └─ its number was used by another: replaced
 *                      └── dearer, the same number ───┘       nothing known in time: unknown, resumed later
 * ```
 *
 * A number (nonce) is used once on chain, so however often a transaction is sent, in whatever form, it is mined once.
 */
import type { Identity } from "@infernet/auth/Identity"
import type { Address } from "@infernet/contract/Receipt"
import { Effect, Semaphore } from "effect"
import type { Call } from "./calls.ts"
import type { SendOptions, Sent } from "./Escrow.ts"
import { broadcast } from "./sending/broadcast.ts"
import { launch, type Sender } from "./sending/launch.ts"
import type { Place } from "./sending/place.ts"
import { senderOf } from "./transaction.ts"
import { watch } from "./sending/watch.ts"

export const make = (place: Place) => {
  /** Those that this process has sent with: a key each. */
  const senders = new Map<Address, Sender>()
  const senderAt = (address: Address) => {
    const known = senders.get(address)
    if (known !== undefined) return known
    const made: Sender = { turn: Semaphore.makeUnsafe(1), next: 0, onTheirWay: 0 }
    senders.set(address, made)
    return made
  }

  const send = <E = never>(from: Identity["Service"], call: Call, options: SendOptions<E> = {}) =>
    Effect.suspend(() => {
      const sender = senderAt(senderOf(from))
      return Effect.acquireUseRelease(
        launch(place, sender, from, call, options),
        (sent) => watch(place, from, sent, options),
        () => Effect.sync(() => void (sender.onTheirWay -= 1))
      )
    })

  const resume = <E = never>(from: Identity["Service"], sent: Sent, options: SendOptions<E> = {}) =>
    Effect.andThen(broadcast(place, sent.raw), watch(place, from, sent, options))

  return { send, resume }
}
