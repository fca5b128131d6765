/**
 * Chooses the node for a job and books it there, in one synchronous step.
 *
 * The router knows exactly what it dispatched; a choice that credits the node later would send the next job to the same
 * idle node, and herds form.
 */
import type { NodeId } from "@infernet/contract/Id"
import type { ModelOffer } from "@infernet/contract/Node"
import { Clock, Context, Effect, Layer, Random } from "effect"
import { Ceilings, fullForMillis } from "./Ceilings.ts"
import { cost, type InFlight, type Work } from "./cost.ts"
import { KnownModels } from "./KnownModels.ts"
import { Waiting } from "./Waiting.ts"

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
     * Completes when there is a place to choose: who waits longest is woken first. Nothing is booked by it, so nobody
     * who gives up waiting is left with a booking. A full node's word expires after `fullForMillis`, unannounced.
     */
    readonly chance: (want: Want) => Effect.Effect<void>
    /** What all nodes that take work offer now. */
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
      const ceilings = new Ceilings()
      const now = () => clock.currentTimeMillisUnsafe()

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
          if (ceilings.has(node)) waiting.offer()
        }
        const tooMuch = () => ceilings.set(node, credit.attempts - attempts, now())
        return { node, firstContent, tooMuch, release }
      }

      const isFull = (id: NodeId) => ceilings.isFull(id, inFlight(id).attempts, now())

      /** The nodes that serve the model and may be given the job, full or not. */
      const offersFor = (want: Want) => {
        const found: Array<{ node: NodeId; offer: ModelOffer; reported: number }> = []
        for (const [node, report] of reports) {
          if (report.draining || want.exclude.has(node)) continue
          if (want.pin !== undefined && want.pin !== node) continue
          const offer = report.models.find((model) => model.id === want.model)
          if (offer !== undefined) found.push({ node, offer, reported: report.inFlight })
        }
        return found
      }

      const waiting = new Waiting((want) => offersFor(want).some(({ node }) => !isFull(node)))

      const choose = (want: Want): Booking | Refusal => {
        const offers = offersFor(want)
        const candidates = offers
          .filter(({ node }) => !isFull(node))
          .map(({ node, offer, reported }) => {
            const loaded = offer.state === "loaded"
            const seconds = cost({ slots: offer.slots, loaded, inFlight: inFlight(node), reported }, want)
            return { node, seconds }
          })
        const best = Math.min(...candidates.map((candidate) => candidate.seconds))
        // Within 5 % the estimate does not know better, and chance spreads the load.
        const ties = candidates.filter((candidate) => candidate.seconds <= best * 1.05)
        const chosen = ties[Math.floor(random.nextDoubleUnsafe() * ties.length)]
        if (chosen !== undefined) return book(chosen.node, want.promptTokens)
        if (offers.length > 0) return { _tag: "Busy" }
        return known.has(want.model) ? { _tag: "NoNode" } : { _tag: "UnknownModel", nearest: known.nearest(want.model) }
      }

      const wait = Effect.fnUntraced(function* (want: Want) {
        for (;;) {
          const answer = choose(want)
          if (!("_tag" in answer)) return answer
          yield* Effect.timeoutOption(waiting.place(want), fullForMillis)
        }
      })

      return Router.of({
        put: (id, news) => {
          reports.set(id, news)
          known.add(news.models.map((model) => model.id))
          waiting.offer()
        },
        remove: (id) => {
          reports.delete(id)
          ceilings.forget(id)
          if (inFlight(id).attempts === 0) booked.delete(id)
        },
        choose,
        // Its prompt was read, or soon will be, without being counted here: too little to matter.
        adopt: (node) => book(node, 0),
        wait,
        chance: (want) => waiting.place(want),
        offers: () =>
          [...reports].flatMap(([node, { draining, models }]) =>
            draining ? [] : models.map((offer) => ({ node, offer }))
          ),
        inFlight
      })
    })
  )
}
