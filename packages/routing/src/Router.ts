/**
 * Chooses the node for a job and books it there, in one synchronous step.
 *
 * The router knows exactly what it dispatched; a choice that credits the node later would send the next job to the same
 * idle node, and herds form.
 */
import type { NodeId } from "@infernet/contract/Id"
import { limits } from "@infernet/contract/Link"
import type { ModelOffer } from "@infernet/contract/Node"
import { Clock, Context, Deferred, Effect, Layer, Random } from "effect"
import { cost, type InFlight, type Work } from "./cost.ts"
import { KnownModels } from "./KnownModels.ts"

export interface Want extends Work {
  readonly model: string
  /** Only this node, if given. */
  readonly pin?: NodeId | undefined
  /** Nodes that have failed this job. */
  readonly exclude: ReadonlySet<NodeId>
}

/** A place at a node, held until `release`; both functions may be called any number of times. */
export interface Booking {
  readonly node: NodeId
  /** The prompt has been read: content has come. */
  readonly firstContent: () => void
  /** The node has no room for it: for a while it is given no more than it has without this one. No fault of its. */
  readonly tooMuch: () => void
  readonly release: () => void
}

export type Refusal =
  | { readonly _tag: "UnknownModel"; readonly nearest: ReadonlyArray<string> }
  | { readonly _tag: "NoNode" }
  /** Every node that serves the model has said that it is full. */
  | { readonly _tag: "Busy" }

export interface NodeReport {
  readonly models: ReadonlyArray<ModelOffer>
  /** In-flight attempts by the node's own count, its operator's use included. */
  readonly inFlight: number
  readonly draining: boolean
}

/** How long a node that said it is full is taken at its word, in milliseconds. */
export const fullForMillis = 10_000
/** Attempts at which a node counts as never full: the most that its link carries. */
const enough = limits.attemptsPerLink

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
    readonly adopt: (node: NodeId) => Booking
    /** As `choose`, but waits for as long as no node may take it. */
    readonly wait: (want: Want) => Effect.Effect<Booking>
    /**
     * Completes at the next report of any node, or when a place becomes free. Ask before choosing, wait after a
     * refusal: then no chance is missed, and nobody who gives up waiting is left with a booking.
     */
    readonly nextChance: () => Effect.Effect<void>
    /** What all routable nodes offer now. */
    readonly offers: () => ReadonlyArray<{ readonly node: NodeId; readonly offer: ModelOffer }>
    readonly inFlight: (id: NodeId) => InFlight
  }
>()("@infernet/routing/Router") {
  static readonly layer = Layer.effect(
    Router,
    Effect.gen(function* () {
      const random = yield* Random.Random
      const clock = yield* Clock.Clock
      const reports = new Map<NodeId, NodeReport>()
      const booked = new Map<NodeId, { attempts: number; promptTokens: number }>()
      const known = new KnownModels()
      /** The most attempts that a node which said it is full is given, and until when. */
      const ceilings = new Map<NodeId, { readonly attempts: number; readonly until: number }>()
      let chance = Deferred.makeUnsafe<void>()

      const offerChance = () => {
        const before = chance
        chance = Deferred.makeUnsafe()
        Deferred.doneUnsafe(before, Effect.void)
      }

      const isFull = (id: NodeId): boolean => {
        const ceiling = ceilings.get(id)
        if (ceiling === undefined) return false
        const now = clock.currentTimeMillisUnsafe()
        if (ceiling.until <= now) {
          // A little more than it took before, not everything that waits: it may be as full as it was.
          const attempts = Math.ceil(ceiling.attempts * 1.25) + 1
          if (attempts > enough) {
            ceilings.delete(id)
            return false
          }
          ceilings.set(id, { attempts, until: now + fullForMillis })
        }
        return inFlight(id).attempts >= (ceilings.get(id)?.attempts ?? enough)
      }

      const inFlight = (id: NodeId) => booked.get(id) ?? { attempts: 0, promptTokens: 0 }

      const book = (node: NodeId, promptTokens: number): Booking => {
        const credit = booked.get(node) ?? { attempts: 0, promptTokens: 0 }
        booked.set(node, credit)
        credit.attempts += 1
        credit.promptTokens += promptTokens
        let prompt = promptTokens
        let attempts = 1
        const firstContent = () => {
          credit.promptTokens -= prompt
          prompt = 0
        }
        const release = () => {
          if (attempts === 0) return
          firstContent()
          credit.attempts -= 1
          attempts = 0
          if (credit.attempts === 0 && !reports.has(node)) booked.delete(node)
          if (ceilings.has(node)) offerChance()
        }
        const tooMuch = () => {
          const until = clock.currentTimeMillisUnsafe() + fullForMillis
          ceilings.set(node, { attempts: credit.attempts - attempts, until })
        }
        return { node, firstContent, tooMuch, release }
      }

      const choose = (want: Want): Booking | Refusal => {
        const candidates: Array<{ node: NodeId; seconds: number }> = []
        let full = false
        for (const [node, report] of reports) {
          if (report.draining || want.exclude.has(node)) continue
          if (want.pin !== undefined && want.pin !== node) continue
          const offer = report.models.find((model) => model.id === want.model)
          if (offer === undefined) continue
          if (isFull(node)) {
            full = true
            continue
          }
          const seconds = cost(
            {
              slots: offer.slots,
              loaded: offer.state === "loaded",
              inFlight: inFlight(node),
              reported: report.inFlight
            },
            want
          )
          candidates.push({ node, seconds })
        }
        const best = Math.min(...candidates.map((candidate) => candidate.seconds))
        // Within 5 % the estimate does not know better, and chance spreads the load.
        const ties = candidates.filter((candidate) => candidate.seconds <= best * 1.05)
        const chosen = ties[Math.floor(random.nextDoubleUnsafe() * ties.length)]
        if (chosen !== undefined) return book(chosen.node, want.promptTokens)
        if (full) return { _tag: "Busy" }
        return known.has(want.model) ? { _tag: "NoNode" } : { _tag: "UnknownModel", nearest: known.nearest(want.model) }
      }

      const nextChance = () => Deferred.await(chance)

      const wait = Effect.fnUntraced(function* (want: Want) {
        for (;;) {
          const next = nextChance()
          const answer = choose(want)
          if (!("_tag" in answer)) return answer
          // A node's word that it is full expires without anybody telling.
          yield* answer._tag === "Busy" ? Effect.timeoutOption(next, fullForMillis) : next
        }
      })

      return Router.of({
        put: (id, news) => {
          reports.set(id, news)
          known.add(news.models.map((model) => model.id))
          offerChance()
        },
        remove: (id) => {
          reports.delete(id)
          ceilings.delete(id)
          if (inFlight(id).attempts === 0) booked.delete(id)
        },
        choose,
        // Its prompt was read, or soon will be, without being counted here: too little to matter.
        adopt: (node) => book(node, 0),
        wait,
        nextChance,
        offers: () => [...reports].flatMap(([node, report]) => report.models.map((offer) => ({ node, offer }))),
        inFlight
      })
    })
  )
}
