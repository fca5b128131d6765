/**
 * Which nodes offer which model, whatever each of them calls it.
 *
 * Names are read when an offer comes or changes, not when a job does. An offer stands under one model: that of its
 * digest where others offer the same weights, else that of its name.
 */
import type { NodeId } from "@infernet/contract/Id"
import type { ModelOffer } from "@infernet/contract/Node"
import { type Price, priceOfText } from "@infernet/contract/Price"
import type { InFlight } from "./cost.ts"
import { Digests } from "./Digests.ts"
import { type Asked, digestOf } from "./names/asked.ts"
import { nameOf } from "./names/modelName.ts"
import { quantizationOf } from "./names/quantization.ts"
import { bitsOf } from "./needs.ts"

/** A node as it is now; its entries point to it. */
export interface Host {
  readonly node: NodeId
  /** By its own count. */
  inFlight: number
  draining: boolean
  /** By ours; changes by itself. */
  readonly booked: InFlight
}

/** One offer of one node. */
export interface Entry {
  readonly host: Host
  offer: ModelOffer
  /** What it can do, as `bitsOf` tells it. */
  can: number
  /** What its operator asks for it, where that is told. */
  ask: Price | undefined
  /** By its name alone. */
  readonly named: string
  readonly quantization: string | undefined
  readonly digest: string | undefined
  /** The model it stands under, as clients see it. */
  model: string
}

const askOf = ({ price }: ModelOffer): Price | undefined => price && priceOfText(price)

const entryOf = (host: Host, offer: ModelOffer): Entry => {
  const can = bitsOf(offer.capabilities)
  const ask = askOf(offer)
  const said = offer.quantization === undefined ? undefined : quantizationOf(offer.quantization)
  // A toy goes by its own name and by no other.
  if (offer.demo === true) {
    return { host, offer, can, ask, named: offer.id, quantization: said, digest: undefined, model: offer.id }
  }
  const { assumed, model, quantization } = nameOf(offer.id)
  return {
    host,
    offer,
    can,
    ask,
    named: model,
    // What the name says was chosen by its operator; what it only implies gives way to what the backend sees.
    quantization: assumed === true ? (said ?? quantization) : (quantization ?? said),
    digest: digestOf(offer.digest),
    model
  }
}

/** Whether an offer in an entry's place leaves everything where it is. */
const isSame = (a: ModelOffer, b: ModelOffer | undefined): boolean =>
  a.id === b?.id && a.digest === b.digest && a.quantization === b.quantization && a.demo === b.demo

const add = <K>(index: Map<K, Set<Entry>>, key: K, entry: Entry): void => {
  const entries = index.get(key)
  if (entries === undefined) index.set(key, new Set([entry]))
  else entries.add(entry)
}

const remove = <K>(index: Map<K, Set<Entry>>, key: K, entry: Entry): void => {
  const entries = index.get(key)
  entries?.delete(entry)
  if (entries?.size === 0) index.delete(key)
}

const none: ReadonlySet<Entry> = new Set()

export class Catalog {
  readonly #hosts = new Map<NodeId, { readonly host: Host; entries: ReadonlyArray<Entry> }>()
  readonly #models = new Map<string, Set<Entry>>()
  readonly #byDigest = new Map<string, Set<Entry>>()
  /** Entries that stand under another model than their name says, by that name. */
  readonly #elsewhere = new Map<string, Set<Entry>>()
  readonly #digests = new Digests()
  /** The model of each digest. */
  readonly #settled = new Map<string, string>()

  put(current: Host, offers: ReadonlyArray<ModelOffer>): void {
    const { draining, inFlight, node } = current
    const known = this.#hosts.get(node) ?? { host: current, entries: [] }
    this.#hosts.set(node, known)
    Object.assign(known.host, { draining, inFlight })
    const { entries } = known
    if (entries.length === offers.length && entries.every(({ offer }, i) => isSame(offer, offers[i]))) {
      for (const [i, entry] of entries.entries()) {
        entry.offer = offers[i] ?? entry.offer
        entry.can = bitsOf(entry.offer.capabilities)
        entry.ask = askOf(entry.offer)
      }
      return
    }
    this.#exchange(entries, (known.entries = offers.map((offer) => entryOf(known.host, offer))))
  }

  remove(node: NodeId): void {
    this.#exchange(this.#hosts.get(node)?.entries ?? [], [])
    this.#hosts.delete(node)
  }

  /** Every offer that is what is asked for. */
  find(asked: Asked): ReadonlyArray<Entry> {
    const { digest, model, quantization, spelling } = asked
    const found: Array<Entry> = []
    const standing = this.#models.get(model)
    for (const entry of standing ?? none) {
      if (entry.offer.id === spelling) found.push(entry)
      else if (entry.offer.demo === true) continue
      else if (quantization === undefined || entry.quantization === quantization) found.push(entry)
    }
    // A toy whose name is not a model's.
    if (spelling !== model) for (const entry of this.#models.get(spelling) ?? none) found.push(entry)
    const elsewhere = this.#elsewhere.get(model) ?? none
    if (standing === undefined) {
      // A name of an operator's own: it means the weights behind it, wherever they are.
      const digests = new Set([...elsewhere].map((entry) => entry.digest))
      for (const digest of digests) {
        for (const entry of (digest && this.#byDigest.get(digest)) || none) found.push(entry)
      }
    } else for (const entry of elsewhere) if (entry.offer.id === spelling) found.push(entry)
    return digest === undefined ? found : found.filter((entry) => entry.digest?.startsWith(digest) === true)
  }

  /** What all nodes that take work offer, by model. */
  models(): ReadonlyMap<string, ReadonlyArray<Entry>> {
    const models = new Map<string, ReadonlyArray<Entry>>()
    for (const [model, entries] of this.#models) {
      const offered = [...entries].filter(({ host }) => !host.draining)
      if (offered.length > 0) models.set(model, offered)
    }
    return models
  }

  #exchange(old: ReadonlyArray<Entry>, fresh: ReadonlyArray<Entry>): void {
    for (const entry of old) {
      remove(this.#models, entry.model, entry)
      remove(this.#elsewhere, entry.named, entry)
      if (entry.digest === undefined) continue
      remove(this.#byDigest, entry.digest, entry)
      this.#digests.retract(entry.digest, entry.host.node)
    }
    for (const entry of fresh) {
      add(this.#models, entry.model, entry)
      if (entry.digest === undefined) continue
      add(this.#byDigest, entry.digest, entry)
      this.#digests.say(entry.digest, entry.host.node, entry.named)
    }
    for (const digest of new Set([...old, ...fresh].map((entry) => entry.digest))) {
      if (digest !== undefined) this.#settle(digest)
    }
    for (const entry of fresh) if (entry.digest !== undefined) this.#move(entry, this.#settled.get(entry.digest))
  }

  /** All of one digest stand under one model, which changes only when the name that most nodes tell does. */
  #settle(digest: string): void {
    const model = this.#digests.modelOf(digest)
    if (model === this.#settled.get(digest)) return
    if (model === undefined) this.#settled.delete(digest)
    else this.#settled.set(digest, model)
    for (const entry of this.#byDigest.get(digest) ?? none) this.#move(entry, model)
  }

  #move(entry: Entry, model = entry.named): void {
    if (entry.model === model) return
    remove(this.#models, entry.model, entry)
    entry.model = model
    add(this.#models, model, entry)
    if (entry.named === model) remove(this.#elsewhere, model, entry)
    else add(this.#elsewhere, entry.named, entry)
  }
}
