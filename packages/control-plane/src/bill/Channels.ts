/** The channels over which this replica bills nodes: one a node and chain at a time, made when it is first needed. */
import type { Unavailable } from "@infernet/contract/ApiError"
import type { NodeId } from "@infernet/contract/Id"
import type { ChannelId } from "@infernet/contract/Receipt"
import type { Source } from "@infernet/payment/price/Quote"
import { Context, DateTime, Effect, FiberSet, Layer } from "effect"
import { SecureRandom } from "effect/crypto"
import { Relay } from "../relay/Relay.ts"
import { Settings } from "../Settings.ts"
import { BillStore } from "./BillStore.ts"
import { type Channel, channelFor, domainFor, goesOn, sameDomain } from "./channel.ts"
import { PlaneKey } from "./PlaneKey.ts"

export class Channels extends Context.Service<
  Channels,
  {
    /** Over which the node's work paid from this source is billed now. Needs no database: see `stored`. */
    readonly current: (node: NodeId, source: Source | null) => Effect.Effect<Channel>
    /** Stores the channel if it is not yet: a bill names a row. */
    readonly stored: (id: ChannelId) => Effect.Effect<void, Unavailable>
  }
>()("@infernet/control-plane/bill/Channels") {
  static readonly layer = Layer.effect(
    Channels,
    Effect.suspend(() => make)
  )
}

interface Unstored {
  readonly channel: Channel
  /** The one that it takes the place of. */
  readonly instead: Channel | undefined
}

const keyOf = (node: NodeId, chainId: number): string => `${node} ${chainId}`

const make = Effect.gen(function* () {
  const { payments } = yield* Settings
  const { address } = yield* PlaneKey
  const random = yield* SecureRandom.SecureRandom
  const relay = yield* Relay
  const store = yield* BillStore
  // As many as there are nodes, and no more than two of each.
  const channels = new Map<string, Channel>()
  const unstored = new Map<ChannelId, Unstored>()
  for (const channel of yield* Effect.orDie(store.channels)) {
    channels.set(keyOf(channel.node, channel.domain.chain_id), channel)
  }

  const current: Channels["Service"]["current"] = Effect.fnUntraced(function* (node, source) {
    const domain = domainFor(payments, source)
    const key = keyOf(node, domain.chain_id)
    const before = channels.get(key)
    const fits = (channel: Channel | undefined): channel is Channel =>
      channel !== undefined && sameDomain(channel.domain, domain) && goesOn(payments, address, channel)
    if (fits(before)) return before
    const bytes = yield* random.randomBytes(32)
    const made = channelFor(payments, address, { domain, node, salt: `0x${Buffer.from(bytes).toString("hex")}` })
    // Randomness may have taken a turn, in which another job made it.
    const meanwhile = channels.get(key)
    if (fits(meanwhile)) return meanwhile
    channels.set(key, made)
    unstored.set(made.id, { channel: made, instead: before })
    return made
  })

  const stored: Channels["Service"]["stored"] = Effect.fnUntraced(function* (id) {
    const waiting = unstored.get(id)
    if (waiting === undefined) return
    yield* store.open(waiting.channel, yield* DateTime.now, waiting.instead)
    unstored.delete(id)
  })

  // Ceilings are signed for it, so a node must know it before its first job.
  const tell = Effect.fnUntraced(function* (node: NodeId) {
    const { domain, id, terms } = yield* current(node, "money")
    relay.send(node, { type: "channel", domain, terms })
    yield* stored(id)
  })
  if (payments.mode === "chain") {
    const fork = yield* FiberSet.makeRuntime<never>()
    relay.attend({
      linked: (node) =>
        void fork(Effect.ignoreCause(tell(node), { log: "Warn", message: "a channel is stored with its first bill" }))
    })
  }

  return Channels.of({ current, stored })
})
