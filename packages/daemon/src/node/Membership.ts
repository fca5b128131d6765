/** Being a node of a control plane: joins however long it is away, tells it how things are, and takes leave. */
import { addressOf } from "@infernet/auth/signature"
import type { ControlPlaneId } from "@infernet/contract/Id"
import type { HeartbeatReply } from "@infernet/contract/Node"
import { Context, Duration, Effect, Layer } from "effect"
import { beforeJoining, slowly } from "../backoff.ts"
import { Commands } from "../command/Commands.ts"
import { DaemonEvents } from "../DaemonEvents.ts"
import { Bills } from "../receipt/Bills.ts"
import { ControlPlane, type ControlPlaneAway, type ControlPlaneRefused } from "./ControlPlane.ts"
import { Keyring } from "./Keyring.ts"
import { NodeStates } from "./NodeStates.ts"
import { Pin } from "./Pin.ts"

export interface MembershipOptions {
  readonly name: string
  readonly version: string
  /** For a control plane that gives nodes to accounts, or asks for it. */
  readonly linkCode?: string | undefined
  /** Where the node can be reached, for those that want to say so. */
  readonly address?: string
  readonly port?: number
}

export class Membership extends Context.Service<
  Membership,
  {
    /** Registers, trying until it succeeds; tells which control plane it was. */
    readonly join: Effect.Effect<ControlPlaneId>
    /** One heartbeat, of which the reply is obeyed. A control plane that has lost this node gets it registered anew. */
    readonly beat: (id: ControlPlaneId) => Effect.Effect<HeartbeatReply, ControlPlaneAway | ControlPlaneRefused>
    readonly leave: (id: ControlPlaneId) => Effect.Effect<void>
  }
>()("@infernet/daemon/node/Membership") {
  static readonly layer = (options: MembershipOptions) =>
    Layer.effect(
      Membership,
      Effect.suspend(() => make(options))
    )
}

const leaveMillis = 1_000

const make = Effect.fnUntraced(function* ({ linkCode, name, version, ...reachable }: MembershipOptions) {
  const bills = yield* Bills
  const commands = yield* Commands
  const controlPlane = yield* ControlPlane
  const events = yield* DaemonEvents
  const pin = yield* Pin
  const states = yield* NodeStates
  const keyring = yield* Keyring
  const { id: node } = keyring

  const registration = { name, version, ...(linkCode !== undefined && { link_code: linkCode }) }
  const register = (id: ControlPlaneId) => controlPlane.register(id, registration)

  /** A node is known to others by its first key: who has another one is unknown wherever that was not announced. */
  const explained = ({ message, status }: ControlPlaneRefused) =>
    status === 401 && addressOf(keyring.current().publicKey) !== node ? `${message}. ${changed}` : message

  let isPending = false
  /** Told when it begins and when it ends. */
  const pends = (now: boolean) => {
    if (now !== isPending) events.publish({ type: "pending", on: now })
    isPending = now
  }

  const tryToJoin = Effect.gen(function* () {
    const { control_plane_id: id } = yield* controlPlane.info
    yield* pin.check(id)
    yield* register(id)
    return id
  })

  const join = Effect.gen(function* () {
    for (let failures = 0; ; failures++) {
      const result = yield* Effect.result(tryToJoin)
      if (result._tag === "Success") {
        events.publish({ type: "registered", controlPlane: result.success })
        yield* Effect.logInfo("registered", { node, controlPlane: result.success })
        return result.success
      }
      const { _tag, message } = result.failure
      if (_tag === "ControlPlaneAway") {
        events.publish({ type: "waiting", reason: message })
        yield* Effect.logInfo("control plane is away", { message, failures })
        yield* beforeJoining(failures)
      } else {
        const reason = result.failure._tag === "ControlPlaneRefused" ? explained(result.failure) : message
        events.publish({ type: "refused", reason })
        yield* Effect.logError("control plane refused this node", { reason })
        yield* slowly
      }
    }
  })

  const beat = Effect.fn("Membership.beat")(function* (id: ControlPlaneId) {
    const state = yield* states.current
    const [took, reply] = yield* controlPlane.heartbeat(id, { ...reachable, state }).pipe(
      Effect.tapError((error) =>
        error._tag === "ControlPlaneRefused" && unknown.has(error.status) ? register(id) : Effect.void
      ),
      Effect.timed
    )
    events.publish({ type: "heartbeat", latencyMillis: Duration.toMillis(took) })
    for (const command of reply.commands) commands.take(command)
    commands.drain(reply.drain)
    for (const offer of reply.bills ?? []) bills.offer(offer)
    pends(reply.pending === true)
    return reply
  })

  const leave = Effect.fn("Membership.leave")(
    function* (id: ControlPlaneId) {
      yield* controlPlane.leave(id)
    },
    // A finalizer calls it, in which a limit of time needs to be let interrupt.
    Effect.interruptible,
    Effect.timeout(leaveMillis),
    Effect.ignoreCause({ log: "Info", message: "left without saying so" })
  )

  return Membership.of({ join, beat, leave })
})

const changed =
  "The key of this node was changed, and this control plane does not know the new one: its operator can name the one " +
  "that it knows (`infernet keys rotate --replaces`), or this becomes a new node once keys/node.key is moved away"

/** Statuses by which a control plane says that it does not know this node. */
const unknown: ReadonlySet<number> = new Set([401, 404])
