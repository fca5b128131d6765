/** Who of those that offer a model may answer a request, by facts alone: never by how good they would be at it. */
import type { NodeId } from "@infernet/contract/Id"
import type { Capability } from "@infernet/contract/Node"
import { lowered, type Price } from "@infernet/contract/Price"
import type { Entry } from "./Catalog.ts"
import { bitsOf, type Needs } from "./needs.ts"

export interface Wanted {
  /** Only this node, if given. */
  readonly pin?: NodeId | undefined
  /** Nodes that have failed this job. */
  readonly exclude: ReadonlySet<NodeId>
  readonly needs?: Needs | undefined
  /** What it may cost; undefined: nothing does. */
  readonly terms?: Terms | undefined
}

/** Prices of the model that is asked for. */
export interface Terms {
  readonly list: Price
  /** The most that the client pays for 1,000 output tokens, in micro-USDC; undefined: the list price. */
  readonly most: bigint | undefined
}

/** What the node has for it: the list price, or what it asks where that is less. */
export const priceAt = ({ list }: Pick<Terms, "list">, { ask }: Pick<Entry, "ask">): Price => lowered(list, ask)

/** Every offer of the model lacks this. */
export interface Lacking {
  readonly _tag: "Lacking"
  readonly capability: Capability
}

/** All that offer it and could answer cost more than the client pays. */
export interface TooDear {
  readonly _tag: "TooDear"
  /** The lowest price for 1,000 output tokens, in micro-USDC. */
  readonly lowest: bigint
}

const lacking = (entries: ReadonlyArray<Entry>, needs: Needs): Lacking | undefined => {
  let able = entries
  for (const capability of needs.capabilities) {
    able = able.filter(({ offer }) => offer.capabilities.includes(capability))
    if (able.length === 0) return { _tag: "Lacking", capability }
  }
  return undefined
}

const nothing: Needs = { capabilities: [], contextLength: 0 }

/** One pass and plain loops: a model may be offered by thousands, and this runs once a job. */
export const candidates = (entries: ReadonlyArray<Entry>, wanted: Wanted): ReadonlyArray<Entry> | Lacking | TooDear => {
  const { exclude, needs = nothing, pin, terms } = wanted
  const needed = bitsOf(needs.capabilities)
  const free: Array<Entry> = []
  /** Those of them whose context is long enough for the estimate. */
  const roomy: Array<Entry> = []
  let isAble = false
  let isRoomy = false
  /** Of those that are too dear. */
  let lowest: bigint | undefined
  for (const entry of entries) {
    const { can, host, offer } = entry
    if (pin !== undefined && host.node !== pin) continue
    if ((can & needed) !== needed) continue
    if (terms?.most !== undefined) {
      const price = priceAt(terms, entry).output_micros_per_1k
      if (price > terms.most) {
        if (lowest === undefined || price < lowest) lowest = price
        continue
      }
    }
    isAble = true
    const isLong = offer.context_length === undefined || offer.context_length >= needs.contextLength
    if (isLong) isRoomy = true
    if (host.draining || exclude.has(host.node)) continue
    free.push(entry)
    if (isLong) roomy.push(entry)
  }
  if (isAble) return isRoomy ? roomy : free
  if (lowest !== undefined) return { _tag: "TooDear", lowest }
  const asked = pin === undefined ? entries : entries.filter(({ host }) => host.node === pin)
  return (asked.length > 0 ? lacking(asked, needs) : undefined) ?? free
}
