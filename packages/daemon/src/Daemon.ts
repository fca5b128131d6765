/** The daemon: a node that joins its control plane, keeps a link open, and runs what it is given until it is stopped. */
import type { Ask } from "@infernet/payment/price/ask"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import type { Domain } from "@infernet/contract/Receipt"
import { Beat } from "@infernet/heartbeat/Beat"
import { Context, Effect, Layer, Stream } from "effect"
import { Commands } from "./command/Commands.ts"
import { Installs } from "./command/Installs.ts"
import { Journal } from "./command/Journal.ts"
import { DaemonEvents } from "./DaemonEvents.ts"
import { Jobs } from "./job/Jobs.ts"
import { Link } from "./link/Link.ts"
import { Asks } from "./node/asking.ts"
import { ControlPlane } from "./node/ControlPlane.ts"
import { Membership, type MembershipOptions } from "./node/Membership.ts"
import { NodeStates } from "./node/NodeStates.ts"
import { Pin } from "./node/Pin.ts"
import { Rotation } from "./node/Rotation.ts"
import { Bills } from "./receipt/Bills.ts"
import { ReceiptBooks } from "./receipt/ReceiptBooks.ts"
import { Vouchers } from "./receipt/Vouchers.ts"

export interface DaemonOptions extends MembershipOptions {
  /** http(s) or ws(s), with or without a path. */
  readonly controlPlaneUrl: string
  /** Where the id of the control plane joined at first is kept; none for one of this very process. */
  readonly pinFile: string | undefined
  /** Where the commands of the control plane are written down. */
  readonly commandsFile: string
  /** Where receipts are kept. */
  readonly receiptsFolder: string
  /** What its operator wants for the models, where that is less than the list price. */
  readonly asks?: ReadonlyArray<Ask> | undefined
  /** The escrows in which this node wants to be paid; any that its control plane names, where none are named here. */
  readonly domains?: ReadonlyArray<Domain> | undefined
}

/**
 * Runs for as long as the layer lives. It may be built before its control plane is there.
 *
 * Its release stops within 2 s: running attempts get 0.7 s to end and 0.25 s to say so, the farewell gets 1 s.
 */
const work = Layer.effectDiscard(
  Effect.gen(function* () {
    const bills = yield* Bills
    const commands = yield* Commands
    const installs = yield* Installs
    const jobs = yield* Jobs
    const link = yield* Link
    const membership = yield* Membership
    yield* Effect.gen(function* () {
      const controlPlane = yield* membership.join
      yield* Effect.addFinalizer(() => membership.leave(controlPlane))
      const beat = Context.get(yield* Layer.build(Beat.layer(membership.beat(controlPlane))), Beat)
      yield* installs.changed.pipe(
        Stream.runForEach(() => beat.now),
        Effect.forkScoped
      )
      return yield* Effect.raceAllFirst([
        link.run(controlPlane),
        commands.report(controlPlane),
        bills.run(controlPlane)
      ])
    }).pipe(
      Effect.scoped,
      // Before the link is interrupted: the ends of the attempts still go over it.
      Effect.ignoreCause({ log: "Error", message: "daemon died" }),
      Effect.forkScoped
    )
    yield* Effect.addFinalizer(() => jobs.stop)
  })
)

const pinOf = ({ pinFile }: DaemonOptions) => (pinFile === undefined ? Pin.layerOwn : Pin.layerFile(pinFile))

export const layer = (options: DaemonOptions) =>
  work.pipe(
    Layer.provide(Membership.layer(options)),
    Layer.provideMerge(Link.layer),
    Layer.provideMerge(Rotation.layer),
    Layer.provide([pinOf(options), NodeStates.layer(options)]),
    Layer.provide(Commands.layer),
    Layer.provide([Bills.layer(options.domains), Vouchers.layer]),
    Layer.provideMerge(ReceiptBooks.layerFolder(options.receiptsFolder)),
    Layer.provide(Verifier.layer),
    Layer.provide([ControlPlane.layer(options.controlPlaneUrl), Journal.layerFile(options.commandsFile)]),
    Layer.provideMerge(Installs.layer),
    Layer.provideMerge(Jobs.layer),
    Layer.provideMerge(DaemonEvents.layer),
    Layer.provide(Layer.succeed(Asks, options.asks ?? []))
  )
