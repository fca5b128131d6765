/** Tells on the home's socket how this node is doing, as it happens: each part when it changes, and none more than it must. */
import { Backends } from "@infernet/backend/Backends"
import { HardwareReadings } from "@infernet/backend/Hardware"
import type { NodeId } from "@infernet/contract/Id"
import { Installs } from "@infernet/daemon/command/Installs"
import { type DaemonEvent, DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { Link } from "@infernet/daemon/link/Link"
import { waiting } from "@infernet/daemon/receipt/exposure"
import { ReceiptBooks } from "@infernet/daemon/receipt/ReceiptBooks"
import { Clock, Context, type Duration, Effect, Layer, PubSub, Schedule, Stream } from "effect"
import { HttpApiBuilder } from "effect/http-api"
import { LiveApi, type LivePart, type LivePartOf } from "../client/LiveApi.ts"
import { version } from "../version.ts"
import { earned } from "./earnings.ts"
import { JobBook } from "./JobBook.ts"
import { installView, viewOf } from "./machine.ts"

export interface Options {
  readonly controlPlaneUrl: string
  readonly self: { readonly id: NodeId }
  readonly node: Context.Context<Backends | DaemonEvents | HardwareReadings | Installs | Jobs | Link | ReceiptBooks>
}

/** Rung when there is something new to read; rung often between two reads, it is still one. */
type Bell = PubSub.PubSub<void>
const makeBell: Effect.Effect<Bell> = PubSub.sliding<void>(1)

const ring = (bell: Bell) => void PubSub.publishUnsafe(bell, undefined)

/** Hears all of it until the scope closes. */
const listen = <A>(stream: Stream.Stream<A>, hear: (value: A, now: number) => void) =>
  stream.pipe(
    Stream.runForEach((value) => Effect.map(Clock.currentTimeMillis, (now) => hear(value, now))),
    Effect.ignoreCause({ log: "Error", message: "watchers are told no more" }),
    Effect.forkScoped({ startImmediately: true })
  )

/** Reads at once, then at every ring and at the latest `every` so often; after each it rests a little. */
const paced = <A>(bell: Bell, rest: Duration.Input, every: Duration.Input, read: Effect.Effect<A>): Stream.Stream<A> =>
  Stream.unwrap(
    Effect.map(PubSub.subscribe(bell), (rings) => {
      const wait = Effect.andThen(Effect.sleep(rest), Effect.timeoutOption(PubSub.take(rings), every))
      return Stream.concat(Stream.fromEffect(read), Stream.fromEffectRepeat(Effect.andThen(wait, read)))
    })
  )

/** What the events say of the link, beside what it says itself. */
const linkNews = (before: Pick<LivePartOf<"Link">, "heartbeat" | "trouble">, event: DaemonEvent, at: number) => {
  switch (event.type) {
    case "heartbeat":
      return { ...before, heartbeat: { at, latency_ms: event.latencyMillis } }
    case "waiting":
    case "refused":
    case "link_lost":
      return { ...before, trouble: event.reason }
    case "linked":
      return before.heartbeat === undefined ? {} : { heartbeat: before.heartbeat }
    default:
      return before
  }
}

/** Routes for the home's socket, over a node of this process; it listens to the node until the scope closes. */
export const routes = Effect.fnUntraced(function* ({ controlPlaneUrl, node, self }: Options) {
  const backends = Context.get(node, Backends)
  const events = Context.get(node, DaemonEvents)
  const hardware = Context.get(node, HardwareReadings)
  const installs = Context.get(node, Installs)
  const jobs = Context.get(node, Jobs)
  const link = Context.get(node, Link)
  const books = Context.get(node, ReceiptBooks)
  const started_at = yield* Clock.currentTimeMillis

  const book = new JobBook()
  let news: ReturnType<typeof linkNews> = {}
  const [jobBell, linkBell, offerBell, receiptBell] = yield* Effect.all([makeBell, makeBell, makeBell, makeBell])
  yield* listen(events.stream, (event, now) => {
    if (book.take(event, now)) return ring(jobBell)
    if (event.type === "receipt") return ring(receiptBell)
    news = linkNews(news, event, now)
    ring(linkBell)
  })
  yield* listen(Stream.unwrap(jobs.drains), () => ring(linkBell))
  yield* listen(backends.changes, () => ring(offerBell))

  const linkNow = Effect.map(link.linked, (linked): LivePart => ({
    _tag: "Link",
    linked,
    ...news,
    drained_by: jobs.drainedBy(),
    draining: jobs.draining()
  }))
  const jobsNow = Effect.sync((): LivePart => {
    book.look(jobs.inflight())
    return book.view()
  })
  const earningsNow = Effect.gen(function* () {
    const channels = books.channels()
    const { today, total } = yield* earned(channels)
    const { bills } = waiting(channels, yield* Clock.currentTimeMillis)
    return { _tag: "Earnings", today_micros: today, total_micros: total, waiting: bills } satisfies LivePart
  })
  const offerNow = Effect.map(backends.snapshot, (snapshot): LivePart => ({ _tag: "Offer", ...snapshot }))
  const verdictsNow = Effect.map(backends.verdicts, (found): LivePart => ({
    _tag: "Verdicts",
    backends: found.map(viewOf)
  }))
  const gpusNow = Effect.map(hardware.read, ({ gpus }): LivePart => ({ _tag: "Gpus", gpus }))
  const installsNow = Effect.map(installs.list, (list): LivePart => ({
    _tag: "Installs",
    installs: list.map(installView)
  }))

  const parts = Stream.mergeAll(
    [
      Stream.succeed<LivePart>({
        _tag: "Node",
        pid: process.pid,
        version,
        started_at,
        node: self.id,
        control_plane: controlPlaneUrl
      }),
      paced(linkBell, "100 millis", "5 seconds", linkNow),
      Stream.changes(paced(jobBell, "100 millis", "500 millis", jobsNow)),
      Stream.changes(paced(receiptBell, "1 second", "1 minute", earningsNow)),
      Stream.changes(paced(offerBell, "100 millis", "2 seconds", offerNow)),
      // Each asks every address anew, so it rests longer.
      Stream.changes(paced(offerBell, "2 seconds", "15 seconds", verdictsNow)),
      Stream.changes(Stream.fromEffectSchedule(gpusNow, Schedule.spaced("5 seconds"))),
      Stream.changes(Stream.fromEffectSchedule(installsNow, Schedule.spaced("500 millis")))
    ],
    { concurrency: "unbounded", bufferSize: 1 }
  )

  const drain = (on: boolean) => {
    if (jobs.drain(on, "machine")) events.publish({ type: "draining", on })
    ring(linkBell)
    return { draining: jobs.draining() }
  }
  const handlers = HttpApiBuilder.group(LiveApi, "live", (handlers) =>
    handlers
      .handle("watch", () => Effect.succeed(parts))
      .handle("drain", ({ payload }) => Effect.sync(() => drain(payload.on)))
  )
  return HttpApiBuilder.layer(LiveApi).pipe(Layer.provide(handlers))
})
