/** A node over a fake control plane, with chats that the test drives by hand. */
import { Identity } from "@infernet/auth/Identity"
import { BackendError, type Completion, type Emit } from "@infernet/backend/Backend"
import { HardwareReadings } from "@infernet/backend/Hardware"
import type { ChatRequest, Usage } from "@infernet/contract/Chat"
import { AttemptId, ControlPlaneId, JobId } from "@infernet/contract/Id"
import type { JobMessage, PlaneMessage } from "@infernet/contract/Link"
import { Commands } from "@infernet/daemon/command/Commands"
import { Installs } from "@infernet/daemon/command/Installs"
import { Journal } from "@infernet/daemon/command/Journal"
import { type DaemonEvent, DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { Link } from "@infernet/daemon/link/Link"
import { LinkTransport } from "@infernet/daemon/link/LinkTransport"
import { ControlPlane } from "@infernet/daemon/node/ControlPlane"
import { Keyring } from "@infernet/daemon/node/Keyring"
import { NodeStates } from "@infernet/daemon/node/NodeStates"
import { Bills } from "@infernet/daemon/receipt/Bills"
import { Vouchers } from "@infernet/daemon/receipt/Vouchers"
import * as ScriptedBackends from "@infernet/testing/fakes/ScriptedBackends"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { Context, Deferred, Effect, Layer, Random, Stream } from "effect"
import { TestClock } from "effect/testing"
import type { FakePlane, PlaneLink } from "./FakePlane.ts"

export const usage: Usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }
export const plane = ControlPlaneId.make(`0x${"c0".repeat(20)}`)

export const attemptId = (n: number) => AttemptId.make(`att_${String(n).padStart(20, "0")}`)

export const jobMessage = (n: number, request: Partial<ChatRequest> = {}): JobMessage => ({
  type: "job",
  attempt: attemptId(n),
  binding: n,
  job: JobId.make(`job_${String(n).padStart(20, "0")}`),
  request: {
    model: ScriptedBackends.model,
    messages: [{ role: "user", content: "hi" }],
    max_tokens: 16,
    ...request
  }
})

export const welcome = (
  resume: Extract<PlaneMessage, { type: "welcome" }>["resume"] = [],
  cancel: ReadonlyArray<AttemptId> = []
): PlaneMessage => ({ type: "welcome", replica: "r1", server_time: "", resume, cancel })

/** A chat in progress. */
export class Chat {
  readonly result = Deferred.makeUnsafe<Completion, BackendError>()
  interrupted = false
  readonly request: ChatRequest
  readonly emit: Emit

  constructor(request: ChatRequest, emit: Emit) {
    this.request = request
    this.emit = emit
  }

  finish(): void {
    Deferred.doneUnsafe(this.result, Effect.succeed<Completion>({ finish_reason: "stop", usage }))
  }

  fail(): void {
    const error = new BackendError({ fault: "backend_error", message: "the backend hiccuped" })
    Deferred.doneUnsafe(this.result, Effect.fail(error))
  }

  die(): void {
    Deferred.doneUnsafe(this.result, Effect.die(new Error("adapter bug")))
  }
}

/** Jobs that cost nothing, and leave no bills. */
export const unpaid = Layer.mergeAll(
  Layer.succeed(Bills, { attach: () => () => {}, countersigned: () => {}, offer: () => {}, run: () => Effect.never }),
  Layer.succeed(Vouchers, { channel: () => {}, refusal: () => undefined })
)

const oneKey = Keyring.layerOne.pipe(Layer.provide(Identity.layerRandom), Layer.provide(SecureRandom.layer))

/** The node's services with its link running; time passes only by `TestClock`. */
export const node = Effect.fnUntraced(function* (
  fake: FakePlane,
  chat: ScriptedBackends.Script["chat"],
  models?: ScriptedBackends.Script["models"],
  keyring: Layer.Layer<Keyring> = oneKey
) {
  const controlPlane = Layer.mock(ControlPlane)({
    linkAddress: () => Effect.succeed({ url: "ws://plane/api/v1/nodes/n/link", headers: {} })
  })
  const layer = Link.layer.pipe(
    Layer.provideMerge(NodeStates.layer({ version: "1.0.0" })),
    Layer.provideMerge(Commands.layer),
    Layer.provide([Installs.layer, Layer.mock(Journal)({ read: Effect.succeed([]), write: () => Effect.void })]),
    Layer.provideMerge(Jobs.layer),
    Layer.provide(unpaid),
    Layer.provideMerge(DaemonEvents.layer),
    Layer.provide(ScriptedBackends.layer({ chat, ...(models && { models }) })),
    Layer.provide([
      controlPlane,
      keyring,
      HardwareReadings.layerTest(ScriptedBackends.hardware),
      Layer.succeed(LinkTransport, fake.transport),
      SecureRandom.layer
    ])
  )
  const context = yield* Layer.build(Layer.fresh(layer)).pipe(Random.withSeed("node"))
  const events: Array<DaemonEvent> = []
  const note = (event: DaemonEvent) => Effect.sync(() => void events.push(event))
  const hub = Context.get(context, DaemonEvents).stream
  yield* hub.pipe(Stream.runForEach(note), Effect.forkScoped({ startImmediately: true }))
  yield* Context.get(context, Link).run(plane).pipe(Random.withSeed("node"), Effect.forkScoped)
  yield* TestClock.adjust(0)
  return { events, jobs: Context.get(context, Jobs) }
})

/** A node whose first link is welcome, and the list of its chats as they begin. */
export const linkedNode = Effect.fnUntraced(function* (fake: FakePlane, keyring?: Layer.Layer<Keyring>) {
  const chats: Array<Chat> = []
  const begin: ScriptedBackends.Script["chat"] = (request, emit) =>
    Effect.suspend(() => {
      const chat = new Chat(request, emit)
      chats.push(chat)
      return Deferred.await(chat.result).pipe(
        Effect.onInterrupt(() => Effect.sync(() => void (chat.interrupted = true)))
      )
    })
  const { events, jobs } = yield* node(fake, begin, undefined, keyring)
  yield* say(fake.link, welcome())
  const chat = (index: number): Chat => {
    const found = chats[index]
    if (found === undefined) throw new Error(`chat ${index} has not begun`)
    return found
  }
  return { chat, chats, events, jobs }
})

/** Sends messages and lets everything that follows from them happen, without time passing. */
export const say = (link: PlaneLink, ...messages: ReadonlyArray<PlaneMessage>) =>
  Effect.andThen(
    Effect.sync(() => link.send(...messages)),
    TestClock.adjust(0)
  )

/** The control plane can be reached again; tells the link with which the node comes back, not yet welcomed. */
export const nextLink = Effect.fnUntraced(function* (fake: FakePlane) {
  fake.away = false
  const before = fake.links.length
  for (let waited = 0; waited < 30_000 && fake.links.length === before; waited += 50) yield* TestClock.adjust(50)
  if (fake.links.length === before) throw new Error("the node did not come back within 30 s")
  return fake.link
})
