/** The open connection to a control plane, opened again whenever it is lost; attempts survive it. */
import type { ControlPlaneId } from "@infernet/contract/Id"
import { close, limits, type NodeMessage, type Welcome } from "@infernet/contract/Link"
import { Clock, Context, Deferred, Effect, Fiber, FiberSet, Latch, Layer, Stream } from "effect"
import { SecureRandom } from "effect/crypto"
import { Hex } from "effect/encoding"
import { beforeOpening, beforeReopening, slowly } from "../backoff.ts"
import { Commands } from "../command/Commands.ts"
import { DaemonEvents } from "../DaemonEvents.ts"
import { Jobs } from "../job/Jobs.ts"
import { ControlPlane } from "../node/ControlPlane.ts"
import { Keyring } from "../node/Keyring.ts"
import { NodeStates } from "../node/NodeStates.ts"
import { Bills } from "../receipt/Bills.ts"
import { Vouchers } from "../receipt/Vouchers.ts"
import { tend } from "./keepalive.ts"
import { type Closed, LinkTransport, LinkUnavailable } from "./LinkTransport.ts"
import { Session } from "./Session.ts"

export class Link extends Context.Service<
  Link,
  {
    /** Keeps a link open for as long as it runs. */
    readonly run: (controlPlane: ControlPlaneId) => Effect.Effect<never>
    readonly linked: Effect.Effect<boolean>
  }
>()("@infernet/daemon/link/Link") {
  static readonly layer = Layer.effect(
    Link,
    Effect.suspend(() => make)
  )
}

/** A control plane that takes longer to open a link and to say welcome is not there. */
const openMillis = 10_000
/** A link that lived this long was sound: its loss is no fault in a row. */
const soundMillis = 10_000

const bug: Closed = { code: 0, reason: "the node failed while its link was open; its log says why" }

/** What a person reads for the close codes that waiting does not mend. */
const explained: Readonly<Record<number, string>> = {
  [close.duplicateInstance]:
    "another process with this node's key has an open link: stop one of the two, or give this one a key of its own",
  [close.superseded]:
    "a newer link of this same process took over: is a copy of it running, from a snapshot or a forked container?"
}

const make = Effect.gen(function* () {
  const bills = yield* Bills
  const vouchers = yield* Vouchers
  const commands = yield* Commands
  const controlPlanes = yield* ControlPlane
  const keyring = yield* Keyring
  const events = yield* DaemonEvents
  const jobs = yield* Jobs
  const states = yield* NodeStates
  const transport = yield* LinkTransport
  const clock = yield* Clock.Clock
  const now = () => Number(clock.monotonicTimeNanosUnsafe() / 1_000_000n)
  const instance = Hex.encode(yield* (yield* SecureRandom.SecureRandom).randomBytes(16))
  /** Links of one key are a generation; the last is the one that counts. */
  let generation = 0
  let linkedIn: number | undefined
  /** With which the newest link was opened. */
  let keyUsed = ""
  let epoch = 0

  /** One link from its opening to its end. */
  const once = Effect.fnUntraced(function* (
    controlPlane: ControlPlaneId,
    publicKey: string,
    welcomed: (welcome: Welcome) => void
  ) {
    const state = yield* states.current
    const address = yield* controlPlanes.linkAddress(controlPlane)
    const bell = yield* Latch.make()
    const opened = Deferred.makeUnsafe<Session>()
    const greeted = Deferred.makeUnsafe<void>()
    const open = transport.run(address, (socket) => {
      const session = new Session(socket, {
        bills,
        commands,
        jobs,
        vouchers,
        now,
        ring: () => bell.openUnsafe(),
        welcomed: (welcome) => {
          Deferred.doneUnsafe(greeted, Effect.void)
          welcomed(welcome)
        }
      })
      session.send({
        type: "hello",
        version: state.version,
        instance,
        epoch: epoch++,
        state,
        inflight: jobs.inflight()
      })
      Deferred.doneUnsafe(opened, Effect.succeed(session))
      return session
    })
    const afterwards = Effect.gen(function* () {
      const session = yield* Deferred.await(opened)
      yield* Deferred.await(greeted)
      yield* keyring.accepted(publicKey)
      const news: Stream.Stream<NodeMessage> = Stream.merge(
        Stream.map(states.changes, (state) => ({ type: "state" as const, state })),
        Stream.map(commands.progress, (progress) => ({ type: "progress" as const, ...progress }))
      )
      const report = Stream.runForEach(news, (message) => Effect.sync(() => session.send(message)))
      return yield* Effect.raceFirst(tend(session, bell, now), Effect.andThen(report, Effect.never))
    })
    const tooLate = Effect.fail(new LinkUnavailable({ message: `no welcome within ${openMillis / 1000} s` }))
    const greeting = Deferred.await(greeted).pipe(Effect.timeoutOrElse({ duration: openMillis, orElse: () => tooLate }))
    return yield* Effect.raceFirst(open, Effect.andThen(greeting, afterwards))
  })

  /** Keeps a link open until one of a later generation does. */
  const keep = Effect.fnUntraced(function* (controlPlane: ControlPlaneId, mine: number) {
    let unanswered = 0
    let diedYoung = 0
    const isLast = () => mine === generation
    while (isLast()) {
      let welcomedAt: number | undefined
      const { publicKey } = keyring.current()
      keyUsed = publicKey
      const welcomed = ({ replica }: Welcome) => {
        welcomedAt = now()
        linkedIn = mine
        events.publish({ type: "linked", replica })
      }
      const { code, reason } = yield* once(controlPlane, publicKey, welcomed).pipe(
        Effect.catchTag("LinkUnavailable", ({ message }) => Effect.succeed<Closed>({ code: 0, reason: message })),
        Effect.catchDefect((defect) => Effect.as(Effect.logError("link died", defect), bug)),
        Effect.ensuring(
          Effect.sync(() => {
            if (linkedIn === mine) linkedIn = undefined
          })
        )
      )
      if (!isLast()) return
      if (welcomedAt === undefined || code === close.keyRotated) keyring.refused(publicKey)
      const help = explained[code]
      events.publish({ type: "link_lost", reason: help ?? (reason || `closed with code ${code}`) })
      if (help !== undefined) {
        yield* Effect.logError("link refused", { code, reason, help })
        yield* slowly
        continue
      }
      yield* Effect.logInfo("link lost", { code, reason, unanswered, diedYoung })
      if (welcomedAt === undefined) yield* beforeOpening(unanswered++)
      else {
        // Who says welcome is there again: it is waited for anew, however long it was away.
        unanswered = 0
        diedYoung = now() - welcomedAt >= soundMillis ? 0 : diedYoung + 1
        yield* beforeReopening(diedYoung)
      }
    }
  })

  const run = Effect.fn("Link.run")(function* (controlPlane: ControlPlaneId) {
    const generations = yield* FiberSet.make<void, never>()
    const begin = () => FiberSet.run(generations, keep(controlPlane, ++generation), { startImmediately: true })
    let fiber = yield* begin()
    const change = Effect.gen(function* () {
      if (keyring.current().publicKey === keyUsed) return
      // The control plane closes the link of the old key once that of the new one has taken over what runs.
      const before = fiber
      fiber = yield* begin()
      yield* FiberSet.run(generations, Effect.delay(Fiber.interrupt(before), limits.rotationMillis))
    })
    const changed = Effect.andThen(
      Stream.runForEach(keyring.changes, () => change),
      Effect.never
    )
    return yield* Effect.raceFirst(Effect.andThen(FiberSet.join(generations), Effect.never), changed)
  }, Effect.scoped)

  return Link.of({ run, linked: Effect.sync(() => linkedIn !== undefined) })
})
