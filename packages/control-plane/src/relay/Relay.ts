/**
 * All open links, and the attempts that run over them.
 *
 *   dispatch ──▶ sent ──accepted──▶ running ──done, failed──▶ ended ──settle──▶ forgotten (ack)
 *                 │ refused, 1 s      │ link closed
 *                 ▼                   ├── no content yet ──▶ Lost
 *               Failed                └── grace, then ─────▶ Lost, unless the node came back with it
 */
import type { AttemptId, JobId, NodeId } from "@infernet/contract/Id"
import type { JobRequest } from "@infernet/contract/JobRequest"
import {
  close,
  type DisputeMessage,
  type Hello,
  limits,
  type NodeMessage,
  type PlaneMessage,
  type Progress,
  type ReceiptMessage
} from "@infernet/contract/Link"
import type { NodeState } from "@infernet/contract/Node"
import type { Voucher } from "@infernet/contract/Receipt"
import { Liveness } from "@infernet/heartbeat/Liveness"
import { sentence } from "@infernet/platform/sentence"
import { Router } from "@infernet/routing/Router"
import { Clock, Context, DateTime, Duration, Effect, FiberSet, Layer } from "effect"
import type { JobLog } from "../job/JobLog.ts"
import { Nodes } from "../node/Nodes.ts"
import { Settings } from "../Settings.ts"
import { Link, type LinkSocket } from "./Link.ts"
import { RelayAttempt } from "./RelayAttempt.ts"
import { dispatchFrames } from "./requestParts.ts"

export interface Dispatch {
  readonly attempt: AttemptId
  readonly job: JobId
  readonly node: NodeId
  readonly request: JobRequest
  readonly log: JobLog
  readonly onFirstContent: () => void
  /** What the job may cost is within it, where that is signed. */
  readonly voucher?: Voucher | undefined
}

/** Who is told what links bring besides jobs: plain functions, called in the middle of a frame. */
export interface Attendant {
  /** The node has been welcomed. */
  readonly linked?: (node: NodeId) => void
  readonly progress?: (node: NodeId, progress: typeof Progress.Type) => void
  /** It signs a bill, or does not. */
  readonly billed?: (node: NodeId, answer: typeof ReceiptMessage.Type | typeof DisputeMessage.Type) => void
}

export class Relay extends Context.Service<
  Relay,
  {
    /** What a node says of itself elsewhere than over its link; counts only while that is open. */
    readonly observe: (node: NodeId, state: NodeState) => void
    /** Takes a socket of a node whose signature was checked; feed the link it gives the socket's events. */
    readonly accept: (node: NodeId, socket: LinkSocket) => Link
    /** Sends the job at once. Without a link the attempt comes back lost. */
    readonly dispatch: (dispatch: Dispatch) => Effect.Effect<RelayAttempt>
    /** Expects the attempt of an earlier process: lost unless its node comes back with it within 30 seconds. */
    readonly adopt: (adoption: Dispatch) => Effect.Effect<RelayAttempt>
    /** Asks the node to stop; its answer is the attempt's outcome. */
    readonly cancel: (attempt: RelayAttempt) => void
    /** The outcome is stored, or no longer wanted: both sides may forget the attempt. */
    readonly settle: (attempt: RelayAttempt) => void
    /** The node has another key: its link gets no more jobs, and is closed when one of the new key is there, or soon. */
    readonly rotated: (node: NodeId) => void
    readonly links: () => number
    /** Sends the node a message; without a link it is lost. */
    readonly send: (node: NodeId, message: PlaneMessage) => void
    /** From now on this one is told too. */
    readonly attend: (attendant: Attendant) => void
  }
>()("@infernet/control-plane/relay/Relay") {
  static readonly layer = Layer.effect(
    Relay,
    Effect.suspend(() => make)
  )
}

const grace = Duration.millis(limits.graceMillis)
/** Longer than a daemon's longest pause between two tries to connect. */
const claimWithin = Duration.seconds(30)
const oldKeyFor = Duration.millis(limits.rotationMillis)
const pingEvery = Duration.millis(limits.pingMillis)

const oldKey = "this node's key was changed: open the link with the new one"

const lose = (attempt: RelayAttempt) => attempt.end({ _tag: "Lost" })
const loseAfterGrace = (link: Link, attempt: RelayAttempt) =>
  Effect.sync(() => {
    if (attempt.link === link) lose(attempt)
  }).pipe(Effect.delay(grace))
const loseIfUnclaimed = (attempt: RelayAttempt) =>
  Effect.sync(() => {
    if (attempt.link === undefined) lose(attempt)
  }).pipe(Effect.delay(claimWithin))
const tell = (attempt: RelayAttempt, message: PlaneMessage) => attempt.link?.send(message)
const cancel = (attempt: RelayAttempt) => tell(attempt, { type: "cancel", attempt: attempt.id })

const make = Effect.gen(function* () {
  const router = yield* Router
  const liveness = yield* Liveness
  const nodes = yield* Nodes
  const settings = yield* Settings
  const clock = yield* Clock.Clock
  const fork = yield* FiberSet.makeRuntime<never>()
  // Not the wall clock: when that is set right, no link has been silent.
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  /** Every socket, also one that has not said hello yet. */
  const open = new Set<Link>()
  const links = new Map<NodeId, Link>()
  const attempts = new Map<AttemptId, RelayAttempt>()
  const attendants: Array<Attendant> = []

  /** The stored word counts at once, the node's own until it has said otherwise; one that is not approved gets none. */
  const isDraining = (node: NodeId, state: NodeState) =>
    nodes.isDraining(node) || nodes.isPending(node) || state.draining === true
  const observe = (node: NodeId, state: NodeState) => {
    nodes.observed(node, state)
    const link = links.get(node)
    if (link === undefined || link.retired) return
    router.put(node, { models: state.models, inFlight: state.in_flight, draining: isDraining(node, state) })
  }

  const onHello = (link: Link, hello: Hello) => {
    const current = links.get(link.node)
    if (link.retired) return link.close(close.keyRotated, oldKey)
    // Whoever holds on to a link of the old key, and be it a thief, does not keep out the new one.
    if (current?.retired === true && current.instance !== hello.instance) current.close(close.keyRotated, oldKey)
    else if (current !== undefined && current.instance !== hello.instance) {
      fork(Effect.logError("a second daemon with this node's key was refused", { node: link.node }))
      return link.close(close.duplicateInstance, "another daemon with this node's key is connected: stop one of them")
    }

    const running = new Map(hello.inflight.map(({ attempt, seq }) => [attempt, seq]))
    const resume: Array<{ attempt: AttemptId; binding: number; after: number }> = []
    const cancel: Array<AttemptId> = []
    for (const [id, produced] of running) {
      const attempt = attempts.get(id)
      const given = attempt?.node === link.node ? attempt : undefined
      if (given === undefined || (given.ended && !given.endedByNode)) cancel.push(id)
      // Its end is known here; only the ack is owed, and goes over this link.
      else if (given.ended) given.link = link
      else resume.push({ attempt: id, binding: link.bind(given, produced), after: given.seq })
    }
    // Only now: what goes on over the new link is not lost with the old one.
    if (current?.retired === true) current.close(close.keyRotated, oldKey)
    current?.close(close.superseded, "a newer link of the same daemon took over")
    links.set(link.node, link)
    const server_time = DateTime.formatIso(DateTime.makeUnsafe(clock.currentTimeMillisUnsafe()))
    link.send({ type: "welcome", replica: settings.replica, server_time, resume, cancel })
    // The daemon no longer knows these: it was restarted.
    for (const attempt of attempts.values()) {
      if (attempt.node === link.node && !running.has(attempt.id)) lose(attempt)
    }
    observe(link.node, hello.state)
    for (const { linked } of attendants) linked?.(link.node)
    fork(liveness.linkUp(link.node))
    fork(Effect.logInfo("link up", { node: link.node, resumed: resume.length, cancelled: cancel.length }))
  }

  const onClosed = (link: Link, reason: string) => {
    open.delete(link)
    // First, as a job that loses its attempt chooses again at once.
    if (links.get(link.node) === link) {
      links.delete(link.node)
      router.remove(link.node)
      fork(liveness.linkDown(link.node))
      fork(Effect.logInfo("link down", { node: link.node, reason }))
    }
    for (const attempt of link.attempts.values()) {
      if (attempt.ended || attempt.link !== link) continue
      if (attempt.hasContent) fork(loseAfterGrace(link, attempt))
      else lose(attempt)
    }
    link.attempts.clear()
  }

  const onMessage = (link: Link, message: Exclude<NodeMessage, Hello>) => {
    // Of a retired link only the attempts are heard to their ends.
    if (message.type === "state") return link.retired ? undefined : observe(link.node, message.state)
    if (message.type === "progress") {
      return link.retired ? undefined : attendants.forEach(({ progress }) => progress?.(link.node, message))
    }
    // Its own signature is proof enough, also over a retired link.
    if (message.type === "receipt" || message.type === "dispute") {
      return attendants.forEach(({ billed }) => billed?.(link.node, message))
    }
    if (message.type === "ping" || message.type === "pong") return
    const attempt = attempts.get(message.attempt)
    if (attempt !== undefined && attempt.node !== link.node) {
      return link.close(close.malformed, `attempt ${message.attempt} is not of this node`)
    }
    if (message.type === "accepted" && attempt !== undefined) return attempt.accept()
    if ("seq" in message && attempt?.ended === false && message.seq !== attempt.seq) {
      return link.close(close.malformed, `${message.type} after record ${message.seq}, but ${attempt.seq} came`)
    }
    link.unbind(message.attempt)
    // Settled long ago: the node may forget it too.
    if (attempt === undefined) return link.send({ type: "ack", attempt: message.attempt })
    switch (message.type) {
      case "refused":
        return attempt.end({
          _tag: "Failed",
          error: message.error,
          message: sentence(message.reason),
          usage: undefined
        })
      case "done":
      case "failed":
        return message.type === "done"
          ? attempt.end({ _tag: "Done", done: message })
          : attempt.end({
              _tag: "Failed",
              error: message.error,
              message: sentence(message.message),
              usage: message.usage
            })
    }
  }

  const watch = Effect.fnUntraced(function* (link: Link) {
    yield* Effect.sleep(pingEvery)
    if (link.instance === undefined) return link.close(close.malformed, "no hello")
    while (!link.isClosed) {
      const silent = now() - link.lastHeard
      if (silent >= limits.silenceMillis) return link.close(close.silent, `silent for ${silent} ms`)
      link.send({ type: "ping" })
      yield* Effect.sleep(Math.min(limits.pingMillis, limits.silenceMillis - silent))
    }
  })

  const accept = (node: NodeId, socket: LinkSocket) => {
    const link = new Link(node, socket, { hello: onHello, message: onMessage, closed: onClosed }, now)
    open.add(link)
    fork(watch(link))
    return link
  }

  const rotated = (node: NodeId) => {
    for (const link of open) {
      if (link.node !== node || link.retired) continue
      link.retired = true
      if (links.get(node) === link) router.remove(node)
      fork(
        Effect.delay(
          Effect.sync(() => link.close(close.keyRotated, oldKey)),
          oldKeyFor
        )
      )
    }
  }

  const refuseIfIgnored = (attempt: RelayAttempt) =>
    attempt.accepted.pipe(
      Effect.timeoutOrElse({
        duration: Duration.millis(limits.acceptMillis),
        orElse: () =>
          Effect.sync(() => {
            cancel(attempt)
            attempt.end({
              _tag: "Failed",
              error: "overloaded",
              message: "the node did not accept the job within 1 s",
              usage: undefined
            })
          })
      })
    )

  const dispatch = (dispatch: Dispatch) =>
    Effect.sync(() => {
      const attempt = new RelayAttempt(dispatch)
      const link = links.get(dispatch.node)
      if (link === undefined) {
        lose(attempt)
        return attempt
      }
      if (link.attempts.size >= limits.attemptsPerLink) {
        attempt.end({ _tag: "Failed", error: "overloaded", message: "the node's link is full", usage: undefined })
        return attempt
      }
      attempts.set(attempt.id, attempt)
      const binding = link.bind(attempt, 0)
      const { job, request, voucher } = dispatch
      for (const frame of dispatchFrames(attempt.id, binding, job, request, voucher)) link.send(...frame)
      fork(refuseIfIgnored(attempt))
      return attempt
    })

  const adopt = (adoption: Dispatch) =>
    Effect.sync(() => {
      const attempt = new RelayAttempt(adoption)
      attempt.accept()
      attempts.set(attempt.id, attempt)
      fork(loseIfUnclaimed(attempt))
      return attempt
    })

  const settle = (attempt: RelayAttempt) => {
    // Whatever its node still sends of it is dropped.
    attempt.end({ _tag: "Lost" })
    attempts.delete(attempt.id)
    tell(attempt, { type: "ack", attempt: attempt.id })
  }

  yield* Effect.addFinalizer(() =>
    Effect.sync(() => {
      for (const link of links.values()) link.close(close.goingAway, "the control plane is stopping")
    })
  )

  return Relay.of({
    accept,
    observe,
    dispatch,
    adopt,
    cancel,
    settle,
    rotated,
    links: () => links.size,
    send: (node, message) => {
      const link = links.get(node)
      if (link?.retired === false) link.send(message)
    },
    attend: (newcomer) => void attendants.push(newcomer)
  })
})
