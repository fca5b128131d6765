/** The attempts of this node: begins, binds, cancels and forgets them; a failure of one disturbs no other. */
import { Backends } from "@infernet/backend/Backends"
import type { AttemptId, JobId } from "@infernet/contract/Id"
import type { JobRequest } from "@infernet/contract/JobRequest"
import { type AttemptFault, close, outputLimit } from "@infernet/contract/Link"
import type { Hash } from "@infernet/contract/Receipt"
import { Clock, Context, Deferred, Effect, FiberMap, Layer, PubSub, type Scope, Stream } from "effect"
import { DaemonEvents } from "../DaemonEvents.ts"
import type { LinkWriter } from "../link/LinkWriter.ts"
import { Asks } from "../node/asking.ts"
import { Finished, type FinishedAttempt } from "../receipt/Finished.ts"
import { Attempt } from "./Attempt.ts"
import { look } from "./lifetime.ts"
import { askedOf, reckon } from "./reckon.ts"
import { noRoom, requestLength } from "./room.ts"
import { run } from "./run.ts"

export interface Dispatch {
  readonly attempt: AttemptId
  readonly job: JobId
  readonly binding: number
  readonly request: JobRequest
  /** In UTF-16 units, of one that came in parts; 0 of one that fitted a frame. */
  readonly requestLength: number
  readonly writer: LinkWriter
  /** Of the request as it came, with whatever fields it has. */
  readonly requestHash: Hash
  /** Whether the control plane has been told already, while the rest of a long request was on its way. */
  readonly accepted: boolean
}

export interface Refusal {
  readonly error: AttemptFault
  readonly reason: string
}

/** Whoever is at the control plane, where it is stored, or at this machine, for as long as this process runs. */
export type Drainer = "network" | "machine"

export class Jobs extends Context.Service<
  Jobs,
  {
    /** Why no further attempt would be taken now, besides those `coming`. */
    readonly refusal: (coming: number) => Refusal | undefined
    /** Of long requests that are being answered, in UTF-16 units: they stay in memory until then. */
    readonly requestLength: () => number
    readonly begin: (dispatch: Dispatch) => void
    /** Attempts running or unacknowledged, and the last record of each. */
    readonly inflight: () => ReadonlyArray<{ readonly attempt: AttemptId; readonly seq: number }>
    readonly running: () => number
    readonly isRunning: (id: AttemptId) => boolean
    /** Goes on with an attempt over this link; a reason in words when that is not possible. */
    readonly resume: (id: AttemptId, writer: LinkWriter, binding: number, after: number) => string | undefined
    readonly credit: (id: AttemptId, seq: number) => void
    /** Stops the backend and ends the attempt, which is then reported as failed. */
    readonly cancel: (id: AttemptId) => void
    /** Ends an attempt for a reason of this node's own; one that has ended stays as it is. */
    readonly fail: (id: AttemptId, refusal: Refusal) => void
    /** What was counted of one that has ended and was not billed yet; of the newest thousands. */
    readonly finished: (id: AttemptId) => FinishedAttempt | undefined
    /** Its bill was answered. */
    readonly billed: (id: AttemptId) => void
    /** Stops what still runs of it and forgets it: nobody wants to hear of it again. */
    readonly drop: (id: AttemptId) => void
    /** This link has closed; its attempts run on for two minutes and keep their output. */
    readonly unbind: (writer: LinkWriter) => void
    /** Whether to refuse new attempts, which one of the two is enough for; those begun run on. True when that was news. */
    readonly drain: (on: boolean, by?: Drainer) => boolean
    /** Who wants it drained now. */
    readonly drainedBy: () => ReadonlyArray<Drainer>
    /** Refuses new attempts for good, whatever the control plane says; those begun run on. */
    readonly retire: Effect.Effect<void>
    /** Whether new attempts are refused, by `drain`, `retire` or `stop`. */
    readonly draining: () => boolean
    /** What `draining` changes to from now on; a reader that is slow gets the newest. */
    readonly drains: Effect.Effect<Stream.Stream<boolean>, never, Scope.Scope>
    /**
     * Takes nothing more and gives what runs 700 ms to end; then the backends are told to stop, and at most 250 ms go
     * by until the link has taken every end.
     */
    readonly stop: Effect.Effect<void>
  }
>()("@infernet/daemon/job/Jobs") {
  static readonly layer = Layer.effect(
    Jobs,
    Effect.suspend(() => make)
  )
}

/** For ends that are close; with it, a stop reaches the backends well within the second that is promised. */
const stopMillis = 700
/** For the ends to leave over the link, where a reader's credit still holds them back. */
const lastWordsMillis = 250

const stopping = "the node is stopping"
const drained = "the node's operator has asked it to take no new jobs"
const retiring = "the node is about to stop: it only ends what it has begun"

const make = Effect.gen(function* () {
  const asks = yield* Asks
  const backends = yield* Backends
  const events = yield* DaemonEvents
  const clock = yield* Clock.Clock
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1000n) / 1000
  const attempts = new Map<AttemptId, Attempt>()
  const finished = new Finished()
  const fork = yield* FiberMap.makeRuntime<never, AttemptId>()
  let isStopping = false
  let isRetiring = false
  const drainers = new Set<Drainer>()
  const draining = () => isStopping || isRetiring || drainers.size > 0
  const drains = yield* PubSub.sliding<boolean>(1)
  const tellDraining = () => void PubSub.publishUnsafe(drains, draining())

  const refusal: Jobs["Service"]["refusal"] = (coming) => {
    if (isStopping) return { error: "node_stopping", reason: stopping }
    if (isRetiring) return { error: "overloaded", reason: retiring }
    if (drainers.size > 0) return { error: "overloaded", reason: drained }
    return noRoom(attempts, coming)
  }

  const forget = (attempt: Attempt, error: AttemptFault, reason: string) => {
    attempts.delete(attempt.id)
    // Unbound first: nobody is to be told of this end.
    attempt.unbind()
    attempt.fail(error, reason)
  }

  const begin: Jobs["Service"]["begin"] = (dispatch) => {
    const { attempt: id, binding, job, request, writer } = dispatch
    if (attempts.has(id)) return writer.close(close.malformed, `attempt ${id} is here already`)
    const sizes = { requestLength: dispatch.requestLength, limit: outputLimit(request) }
    const asked = askedOf(job, request, dispatch.requestHash)
    const attempt = new Attempt(id, sizes, now, {
      firstOutput: (firstTokenMillis) => events.publish({ type: "job_streaming", attempt: id, firstTokenMillis }),
      ended: (attempt) => {
        if (attempt.wasAsked) finished.note(id, reckon(attempt, asked))
      }
    })
    attempts.set(id, attempt)
    attempt.bind(writer, binding, 0)
    const accept = () => {
      if (!dispatch.accepted) writer.message({ type: "accepted", attempt: id })
      events.publish({ type: "job_received", job, attempt: id, model: request.model })
    }
    const refuse = ({ error, reason }: Refusal) => {
      if (dispatch.accepted) return attempt.fail(error, reason)
      forget(attempt, error, reason)
      writer.message({ type: "refused", attempt: id, error, reason })
    }
    // Its parts were on their way when the stop began.
    if (isStopping) return refuse({ error: "node_stopping", reason: stopping })
    fork(id, run({ asks, attempt, request, accept, refuse, backends, events }))
  }

  const drop = (id: AttemptId) => {
    const attempt = attempts.get(id)
    if (attempt !== undefined) forget(attempt, "cancelled", "the control plane has no use for this attempt")
  }

  yield* Effect.suspend(() => Effect.sleep(look(attempts, now(), drop))).pipe(Effect.forever, Effect.forkScoped)

  const stop = Effect.gen(function* () {
    isStopping = true
    tellDraining()
    const ends = [...attempts.values()].map(({ ended }) => ended)
    yield* within(stopMillis, ends)
    for (const attempt of attempts.values()) attempt.fail("node_stopping", stopping)
    const words = [...attempts.values()].filter(({ bound }) => bound).map(({ told }) => told)
    yield* within(lastWordsMillis, words)
  })

  return Jobs.of({
    refusal,
    begin,
    requestLength: () => requestLength(attempts),
    inflight: () => [...attempts.values()].map(({ id, seq }) => ({ attempt: id, seq })),
    running: () => [...attempts.values()].filter(({ end }) => end === undefined).length,
    resume: (id, writer, binding, after) => {
      const attempt = attempts.get(id)
      if (attempt === undefined) return `attempt ${id} is not here`
      // Each time would send its output again, of which there may be much more than the frame that asks for it.
      if (attempt.isBoundTo(writer)) return `attempt ${id} goes on already`
      return attempt.bind(writer, binding, after) ? undefined : `attempt ${id} has no record ${after}`
    },
    credit: (id, seq) => attempts.get(id)?.credit(seq),
    isRunning: (id) => attempts.has(id) && attempts.get(id)?.end === undefined,
    cancel: (id) => {
      attempts.get(id)?.fail("cancelled", "cancelled by the control plane")
      finished.cut(id)
    },
    fail: (id, { error, reason }) => attempts.get(id)?.fail(error, reason),
    finished: (id) => finished.get(id),
    billed: (id) => finished.drop(id),
    drop,
    unbind: (writer) => {
      for (const attempt of attempts.values()) if (attempt.isBoundTo(writer)) attempt.unbind()
    },
    drainedBy: () => [...drainers],
    drain: (on, by = "network") => {
      const before = drainers.size > 0
      if (on) drainers.add(by)
      else drainers.delete(by)
      const news = drainers.size > 0 !== before
      if (news) tellDraining()
      return news
    },
    retire: Effect.sync(() => {
      isRetiring = true
      tellDraining()
    }),
    draining,
    drains: Effect.map(PubSub.subscribe(drains), Stream.fromSubscription),
    stop
  })
})

/** Waits for all of them, but no longer. A finalizer calls it, in which a limit of time needs to be let interrupt. */
const within = (millis: number, all: ReadonlyArray<Deferred.Deferred<void>>) =>
  Effect.all(all.map(Deferred.await), { concurrency: "unbounded", discard: true }).pipe(
    Effect.interruptible,
    Effect.timeoutOption(millis)
  )
