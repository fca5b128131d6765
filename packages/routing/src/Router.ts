/**
 * Chooses the node for a job and books it there, in one synchronous step.
 *
 * The router knows exactly what it dispatched; a choice that credits the node later would send the next job to the same
 * idle node, and herds form.
 */
import type { NodeId } from "@infernet/contract/Id"
import type { ModelOffer } from "@infernet/contract/Node"
import { Clock, Context, Effect, Layer, Random } from "effect"
import { Bookings, type Place } from "./Bookings.ts"
import { candidates, type Lacking, priceAt, type TooDear, type Wanted } from "./candidates.ts"
import { Catalog, type Entry } from "./Catalog.ts"
import { Ceilings, fullForMillis } from "./Ceilings.ts"
import { cost, type InFlight, spending, type Work } from "./cost.ts"
import { KnownModels } from "./KnownModels.ts"
import { askedOf } from "./names/asked.ts"
import { Waiting } from "./Waiting.ts"

export interface Want extends Work, Wanted {
  /** As a client spells it: any name of the model, with `@sha256:<at least 12 digits>` one set of weights. */
  readonly model: string
}

/** A place for a job at a node, held until `release`. */
export interface Booking extends Place {
  /** What the node itself calls the model. */
  readonly model: string
}

export type Refusal =
  | { readonly _tag: "UnknownModel"; readonly nearest: ReadonlyArray<string> }
  | Lacking
  | TooDear
  | { readonly _tag: "NoNode" }
  /** Every node that serves the model has said that it is full. */
  | { readonly _tag: "Busy" }

export interface NodeReport {
  readonly models: ReadonlyArray<ModelOffer>
  /** In-flight attempts by the node's own count, its operator's use included. */
  readonly inFlight: number
  readonly draining: boolean
}

export class Router extends Context.Service<
  Router,
  {
    /** A node's link is up and this is what it offers; again at each change. */
    readonly put: (id: NodeId, report: NodeReport) => void
    /** The node takes no more work. Its bookings stay until they are released. */
    readonly remove: (id: NodeId) => void
    /** Synchronous: between the choice and the credit nothing else can choose. */
    readonly choose: (want: Want) => Booking | Refusal
    /** A place for a job that already runs there, dispatched by an earlier process. */
    readonly adopt: (node: NodeId) => Place
    /** As `choose`, but waits for as long as no node may take it. */
    readonly wait: (want: Want) => Effect.Effect<Booking>
    /**
     * Completes when there is a place to choose: who waits longest is woken first. Nothing is booked by it, so nobody
     * who gives up waiting is left with a booking. A full node's word expires after `fullForMillis`, unannounced.
     */
    readonly chance: (want: Want) => Effect.Effect<void>
    /** What all nodes that take work offer now, by the name under which clients see it. */
    readonly models: () => ReadonlyMap<string, ReadonlyArray<Entry>>
    /** Everybody who may answer it, full or not; books nothing. There is at least one. */
    readonly able: (want: Want) => ReadonlyArray<Entry> | Exclude<Refusal, { readonly _tag: "Busy" }>
    /** The offers that a client's spelling asks for, with their nodes. */
    readonly entries: (model: string) => ReadonlyArray<Entry>
    /** The same without them. */
    readonly matching: (model: string) => ReadonlyArray<ModelOffer>
    /** The name under which clients see the model that they spell this way. */
    readonly advertised: (model: string) => string
    readonly inFlight: (id: NodeId) => InFlight
    /** How many wait for a place. */
    readonly waiting: () => number
  }
>()("@infernet/routing/Router") {
  static readonly layer = Layer.effect(
    Router,
    Effect.suspend(() => make)
  )
}

const secondsAt = (entry: Entry, want: Want): number => {
  const { booked, inFlight: reported } = entry.host
  const { slots, state } = entry.offer
  const seconds = cost({ slots, loaded: state === "loaded", inFlight: booked, reported }, want)
  return want.terms === undefined ? seconds : seconds + spending(priceAt(want.terms, entry), want)
}

const make = Effect.gen(function* () {
  const random = yield* Random.Random
  const clock = yield* Clock.Clock
  const catalog = new Catalog()
  const known = new KnownModels()
  const ceilings = new Ceilings()
  const now = () => clock.currentTimeMillisUnsafe()
  const bookings = new Bookings({
    released: (node) => void (ceilings.has(node) && waiting.offer()),
    full: (node, attempts) => ceilings.set(node, attempts, now())
  })

  const find = (model: string) => catalog.find(askedOf(model))
  const isFull = ({ host: { booked, node } }: Entry) =>
    ceilings.has(node) && ceilings.isFull(node, booked.attempts, now())

  const waiting = new Waiting((want) => {
    const found = candidates(find(want.model), want)
    return !("_tag" in found) && found.some((entry) => !isFull(entry))
  })

  /** The cheapest that is not full; within 5 % the estimate does not know better, and chance spreads the load. */
  const cheapest = (entries: ReadonlyArray<Entry>, want: Want): Entry | undefined => {
    const seconds = new Float64Array(entries.length)
    let best = Infinity
    for (const [i, entry] of entries.entries()) {
      const cost = isFull(entry) ? Infinity : secondsAt(entry, want)
      seconds[i] = cost
      if (cost < best) best = cost
    }
    if (best === Infinity) return undefined
    const ties = entries.filter((_, i) => (seconds[i] ?? Infinity) <= best * 1.05)
    return ties[Math.floor(random.nextDoubleUnsafe() * ties.length)]
  }

  const able = (want: Want): ReadonlyArray<Entry> | Exclude<Refusal, { readonly _tag: "Busy" }> => {
    const asked = askedOf(want.model)
    const offered = catalog.find(asked)
    if (offered.length === 0) {
      return known.has(asked) ? { _tag: "NoNode" } : { _tag: "UnknownModel", nearest: known.nearest(asked) }
    }
    const found = candidates(offered, want)
    return "_tag" in found || found.length > 0 ? found : { _tag: "NoNode" }
  }

  const choose = (want: Want): Booking | Refusal => {
    const found = able(want)
    if ("_tag" in found) return found
    const chosen = cheapest(found, want)
    if (chosen === undefined) return { _tag: "Busy" }
    return { ...bookings.book(chosen.host.node, want.promptTokens), model: chosen.offer.id }
  }

  const wait = Effect.fnUntraced(function* (want: Want) {
    for (;;) {
      const answer = choose(want)
      if (!("_tag" in answer)) return answer
      yield* Effect.timeoutOption(waiting.place(want), fullForMillis)
    }
  })

  return Router.of({
    put: (id, { models, ...state }) => {
      catalog.put({ node: id, booked: bookings.open(id), ...state }, models)
      known.add(models)
      waiting.offer()
    },
    remove: (id) => {
      catalog.remove(id)
      ceilings.forget(id)
      bookings.close(id)
    },
    choose,
    // Its prompt was read, or soon will be, without being counted here: too little to matter.
    adopt: (node) => bookings.book(node, 0),
    wait,
    chance: (want) => waiting.place(want),
    models: () => catalog.models(),
    able,
    entries: find,
    matching: (model) => find(model).map(({ offer }) => offer),
    advertised: (model) => {
      const asked = askedOf(model)
      return catalog.find(asked)[0]?.model ?? asked.model
    },
    inFlight: (id) => bookings.of(id),
    waiting: () => waiting.size
  })
})
