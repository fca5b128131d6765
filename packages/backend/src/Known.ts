/** One backend that has been found: what it offers, whether it still answers, how busy it is. */
import type { BackendReadings, ModelOffer } from "@infernet/contract/Node"
import { Effect } from "effect"
import type { Backend, BackendError } from "./Backend.ts"
import type { Snapshot } from "./Backends.ts"
import { mostOffers, offerable } from "./offerable.ts"

export interface Known {
  readonly backend: Backend
  up: boolean
  offers: ReadonlyArray<ModelOffer>
  /** Its own counters at the last check, where it tells them. */
  readings: BackendReadings | undefined
  /** Checks in a row that it was too slow to answer. */
  late: number
  inFlight: number
}

export const make = (backend: Backend): Known => ({
  backend,
  up: false,
  offers: [],
  readings: undefined,
  late: 0,
  inFlight: 0
})

/** A server in the middle of a long prompt may not answer in time; one that refuses the connection is gone. */
const latenessAllowed = 3

const missed = (one: Known, error: BackendError) =>
  Effect.suspend(() => {
    one.late += 1
    if (error.fault === "timeout" && one.up && one.late < latenessAllowed) return Effect.void
    const wasUp = one.up
    one.up = false
    const fields = { kind: one.backend.kind, address: one.backend.address, reason: error.message }
    return wasUp ? Effect.logWarning("backend lost", fields) : Effect.logDebug("backend not ready", fields)
  })

/** A backend whose counters cannot be read is no worse for it. */
const readCounters = (one: Known) =>
  Effect.gen(function* () {
    const { readings } = one.backend
    if (!readings.can) return
    one.readings = yield* readings.run.pipe(
      Effect.tapError(({ message }) => Effect.logDebug("no readings", { kind: one.backend.kind, reason: message })),
      Effect.orElseSucceed(() => undefined)
    )
  })

/** Asks it what it serves now, and how busy it is. */
export const check = (one: Known): Effect.Effect<void> =>
  one.backend.models.pipe(
    Effect.matchEffect({
      onFailure: (error) => missed(one, error),
      onSuccess: (offers) =>
        Effect.suspend(() => {
          one.offers = offerable(offers)
          one.late = 0
          one.up = true
          return readCounters(one)
        })
    })
  )

/** The least busy of those that offer the model. */
export const offering = (known: ReadonlyArray<Known>, model: string): Known | undefined =>
  known
    .filter((one) => one.up && one.offers.some(({ id }) => id === model))
    .reduce<Known | undefined>(
      (best, one) => (best === undefined || one.inFlight < best.inFlight ? one : best),
      undefined
    )

/** A model that several backends offer is one offer with the slots of all. */
const merged = (offers: ReadonlyArray<ModelOffer>): ReadonlyArray<ModelOffer> => {
  const models = new Map<string, ModelOffer>()
  for (const offer of offers) {
    const first = models.get(offer.id)
    models.set(offer.id, first === undefined ? offer : { ...first, slots: first.slots + offer.slots })
  }
  return [...models.values()].slice(0, mostOffers)
}

/** The demo model is for a node that has nothing better. */
const worthOffering = (offers: ReadonlyArray<ModelOffer>): ReadonlyArray<ModelOffer> => {
  const useful = offers.filter(({ demo }) => demo !== true)
  return useful.length > 0 ? useful : offers
}

/** What all of them offer together, of the models that may be offered. */
export const snapshotOf = (known: ReadonlyArray<Known>, offered: (model: string) => boolean): Snapshot => {
  const up = known.filter((one) => one.up)
  return {
    backends: up.map(({ backend: { kind, version }, readings }) => ({
      kind,
      ...(version !== undefined && { version }),
      healthy: true,
      ...(readings !== undefined && { readings })
    })),
    models: merged(worthOffering(up.flatMap(({ offers }) => offers).filter(({ id }) => offered(id))))
  }
}

/** Without what changes from moment to moment, and is told with the next heartbeat rather than at once. */
export const lasting = ({ backends, models }: Snapshot): Snapshot => ({
  backends: backends.map(({ healthy, kind, version }) => ({
    kind,
    healthy,
    ...(version !== undefined && { version })
  })),
  models
})
