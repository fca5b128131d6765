/**
 * The payer's signature under what a job may cost, made before the job is sent: without it a node has nothing but the
 * platform's word. The session key that makes them can raise ceilings of the platform's own channels, and nothing else.
 */
import type { Identity } from "@infernet/auth/Identity"
import type { AttemptId } from "@infernet/contract/Id"
import type { ChannelId, Voucher } from "@infernet/contract/Receipt"
import { voucherDigest } from "@infernet/payment/receipt/digest"
import { Context, Effect, Layer, Schedule } from "effect"
import type { Channel } from "../bill/channel.ts"
import { Ceilings } from "./Ceilings.ts"
import { CeilingStore } from "./CeilingStore.ts"

/** More is under way over the channel than the platform signs for at a time. */
export const exceeded = "exceeded"

interface Service {
  /**
   * For an attempt that may cost so many micro-USDC, over a channel whose payer is the gateway; `undefined` where
   * no ceilings are signed. Takes 0.2 ms, without a turn of the event loop.
   */
  readonly vouch: (channel: Channel, attempt: AttemptId, amount: bigint) => Voucher | typeof exceeded | undefined
  /** The attempt is over, and was billed so much. */
  readonly settle: (attempt: AttemptId, billed: bigint) => void
  /** The highest ceiling of each channel that anything was signed for. */
  readonly highest: () => ReadonlyMap<ChannelId, bigint>
}

const none: Service = { vouch: () => undefined, settle: () => undefined, highest: () => new Map() }

export interface Options {
  /** The gateway's session key. */
  readonly signer: Identity["Service"]
  /** Micro-USDC that may be signed for and not yet billed, a channel. */
  readonly outstanding: bigint
}

const saveEvery = "1 second"

const make = Effect.fnUntraced(function* ({ outstanding, signer }: Options) {
  const store = yield* CeilingStore
  const ceilings = new Ceilings(outstanding)
  for (const { ceiling, channel, cumulative } of yield* Effect.orDie(store.all)) {
    ceilings.load(channel, cumulative, ceiling)
  }
  /** The newest of each channel that is not written down: one a channel. */
  const unsaved = new Map<ChannelId, Voucher>()
  const newest = new Map<ChannelId, Voucher>()

  const sign = (channel: Channel, ceiling: bigint): Voucher => {
    const before = newest.get(channel.id)
    if (before?.max_cumulative === `${ceiling}`) return before
    const voucher: Voucher = {
      channel_id: channel.id,
      max_cumulative: `${ceiling}`,
      signature: signer.sign(voucherDigest(channel.domain, channel.id, ceiling))
    }
    newest.set(channel.id, voucher)
    unsaved.set(channel.id, voucher)
    return voucher
  }

  // Only the newest matters, and a node keeps its own: what is lost here is signed again at the next job.
  const save = Effect.gen(function* () {
    if (unsaved.size === 0) return
    const batch = [...unsaved.values()]
    const saved = yield* store.save(batch)
    for (const voucher of batch) {
      if (saved.has(voucher.channel_id) && unsaved.get(voucher.channel_id) === voucher)
        unsaved.delete(voucher.channel_id)
    }
  })
  yield* save.pipe(
    Effect.ignore({ log: "Debug", message: "vouchers are written down later" }),
    Effect.repeat(Schedule.spaced(saveEvery)),
    Effect.forkScoped
  )
  yield* Effect.addFinalizer(() => Effect.ignore(save, { log: "Warn", message: "vouchers were not written down" }))

  const service: Service = {
    vouch: (channel, attempt, amount) => {
      // Of no chain, or of a gateway that had another key: nothing that this one signs counts.
      if ((channel.terms.need & 1) === 0 || channel.terms.payer_signer !== signer.id) return undefined
      const ceiling = ceilings.raise(channel.id, attempt, amount)
      return ceiling === undefined ? exceeded : sign(channel, ceiling)
    },
    settle: (attempt, billed) => ceilings.settle(attempt, billed),
    highest: () => ceilings.highest()
  }
  return service
})

/** Signs none unless the layer says otherwise: without a chain there is nobody to show them to. */
export const Vouchers = Context.Reference<Service>("@infernet/control-plane/gateway/Vouchers", {
  defaultValue: () => none
})

/** Signs them with the gateway's session key. */
export const layer = (options: Options) => Layer.effect(Vouchers, make(options))
