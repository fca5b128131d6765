/** A control plane in memory, and nodes that say what the test wants, record by record. */
import * as planeIdentity from "@infernet/testing/fakes/planeIdentity"
import { AccountId, AttemptId, NodeId } from "@infernet/contract/Id"
import { Unavailable } from "@infernet/contract/ApiError"
import { limits, type NodeMessage, type PlaneMessage } from "@infernet/contract/Link"
import { encode, type RecordKind } from "@infernet/contract/LinkRecord"
import type { ModelOffer, NodeState } from "@infernet/contract/Node"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { BillStore } from "@infernet/control-plane/bill/BillStore"
import * as BillStoreMemory from "@infernet/control-plane/bill/BillStoreMemory"
import * as bill from "@infernet/control-plane/bill/layers"
import * as LineStores from "@infernet/control-plane/bill/LineStores"
import { Offers } from "@infernet/control-plane/bill/Offers"
import { PlaneKey } from "@infernet/control-plane/bill/PlaneKey"
import { Receipts } from "@infernet/control-plane/bill/Receipts"
import { Jobs } from "@infernet/control-plane/job/Jobs"
import { JobStore, StoreUnavailable } from "@infernet/control-plane/job/JobStore"
import type { LiveJob, Submission } from "@infernet/control-plane/job/LiveJob"
import { Ledger } from "@infernet/control-plane/ledger/Ledger"
import { Limits } from "@infernet/control-plane/limits/Limits"
import { Nodes } from "@infernet/control-plane/node/Nodes"
import { NodeKeys } from "@infernet/control-plane/node/NodeKeys"
import { NodeStore } from "@infernet/control-plane/node/NodeStore"
import type { Link } from "@infernet/control-plane/relay/Link"
import { Relay } from "@infernet/control-plane/relay/Relay"
import { Quotes } from "@infernet/control-plane/price/Quotes"
import { paymentsOff } from "@infernet/control-plane/Payments"
import { noLimits, openToAll, Settings } from "@infernet/control-plane/Settings"
import { Router } from "@infernet/routing/Router"
import { hardware, offer } from "@infernet/testing/fakes/ScriptedBackends"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { Context, Duration, Effect, Layer, Random } from "effect"
import { TestClock } from "effect/testing"

export const account = AccountId.make(`acc_${"0".repeat(20)}`)
export const nodeId = (n: number) => NodeId.make(`0x${n.toString(16).padStart(40, "0")}`)
export const usage = { prompt_tokens: 3, completion_tokens: 2, total_tokens: 5 }

export const stateOf = (models: ReadonlyArray<ModelOffer> = [offer("m")], inFlight = 0): NodeState => ({
  version: "1.0.0",
  hardware,
  backends: [],
  models,
  slots: 4,
  in_flight: inFlight
})

export const submission = (part: Partial<Submission> = {}): Submission => ({
  account,
  apiKey: undefined,
  idempotencyKey: undefined,
  requestHash: "hash",
  request: { model: "m", messages: [{ role: "user", content: "hi" }], max_tokens: 64 },
  pin: undefined,
  metadata: undefined,
  ...part
})

export const settings = Settings.of({
  id: planeIdentity.planeId,
  version: "1.0.0",
  replica: "r1",
  url: "http://plane",
  allowedHosts: new Set(),
  admission: openToAll,
  openSignUp: false,
  limits: noLimits,
  payments: paymentsOff,
  trustedProxies: [],
  firstContentWithin: Duration.minutes(5),
  jobWithin: Duration.minutes(30),
  logKeptFor: Duration.minutes(10)
})

type Said<T extends PlaneMessage["type"]> = Extract<PlaneMessage, { type: T }>

/** One connection of a node. */
export class FakeLink {
  readonly heard: Array<PlaneMessage> = []
  closed: { readonly code: number; readonly reason: string } | undefined
  readonly link: Link
  readonly #numbers = new Map<AttemptId, number>()

  constructor(relay: Relay["Service"], node: NodeId) {
    this.link = relay.accept(node, {
      sendText: (text) => this.#take(JSON.parse(text)),
      close: (code, reason) => (this.closed = { code, reason })
    })
  }

  #take(messages: ReadonlyArray<PlaneMessage>): void {
    this.heard.push(...messages)
    for (const message of messages) {
      if (message.type === "job") this.#numbers.set(message.attempt, message.binding)
      if (message.type === "welcome") {
        for (const { attempt, binding } of message.resume) this.#numbers.set(attempt, binding)
      }
    }
  }

  said<T extends PlaneMessage["type"]>(type: T): ReadonlyArray<Said<T>> {
    return this.heard.filter((message): message is Said<T> => message.type === type)
  }

  /** The attempt that was dispatched here last. */
  get attempt(): AttemptId {
    const job = this.said("job").at(-1)
    if (job === undefined) throw new Error("nothing was dispatched to this link")
    return job.attempt
  }

  say(...messages: ReadonlyArray<NodeMessage>): void {
    this.link.onMessage(JSON.stringify(messages))
  }

  hello(options: { instance?: string; state?: NodeState; inflight?: Record<AttemptId, number> } = {}): this {
    const { inflight = {}, instance = "a".repeat(32), state = stateOf() } = options
    const running = Object.entries(inflight).map(([attempt, seq]) => ({ attempt: AttemptId.make(attempt), seq }))
    this.say({ type: "hello", version: "1.0.0", instance, epoch: 0, state, inflight: running })
    return this
  }

  accept(attempt = this.attempt): void {
    this.say({ type: "accepted", attempt })
  }

  /** Records of the attempt, numbered from `from`. */
  produce(texts: ReadonlyArray<string>, from = 1, attempt = this.attempt, kind: RecordKind = "text"): void {
    const binding = this.#numbers.get(attempt) ?? 0
    this.link.onMessage(encode(texts.map((text, i) => ({ binding, seq: from + i, kind, text }))))
  }

  done(seq: number, attempt = this.attempt): void {
    this.say({ type: "done", attempt, seq, finish_reason: "stop", usage, timings: { total_ms: 1 } })
  }

  fail(seq = 0, attempt = this.attempt): void {
    this.say({ type: "failed", attempt, seq, error: "backend_error", message: "the backend hiccuped" })
  }

  drop(): void {
    this.link.onClose("cut")
  }
}

/** A memory store that refuses while it is away, and can hold up submissions. */
export class Database {
  away = false
  /** Whether the next operation, or the next of this name, is done, but its answer lost. */
  loses: boolean | string = false
  /** Operations that got through, in order. */
  readonly done: Array<string> = []
  #rows: Context.Context<Layer.Success<typeof BillStoreMemory.layer>> | undefined

  /** It goes away when the next operation of this name was done, or before that. */
  goesAway: { readonly at: string; readonly done: boolean } | undefined

  /** The same rows for another process; to this one they are away for ever, as to a process that was killed. */
  successor(): Database {
    const next = new Database()
    next.#rows = this.#rows
    this.away = true
    return next
  }

  readonly layer = Layer.effectContext(
    Effect.gen({ self: this }, function* () {
      this.#rows ??= yield* Layer.build(Layer.fresh(BillStoreMemory.layer))
      const store = Context.get(this.#rows, JobStore)
      const gone = new StoreUnavailable({ cause: "the test" })
      const through = <A>(name: string, operation: Effect.Effect<A, StoreUnavailable>) =>
        Effect.gen({ self: this }, function* () {
          const leaves = this.goesAway?.at === name ? this.goesAway : undefined
          if (leaves?.done === false) this.away = true
          if (this.away) return yield* gone
          const result = yield* operation
          if (leaves !== undefined) {
            this.away = true
            return yield* gone
          }
          this.done.push(name)
          if (this.loses !== true && this.loses !== name) return result
          this.loses = false
          return yield* gone
        })
      const jobs = JobStore.of({
        ...store,
        submit: (job) => through("submit", store.submit(job)),
        startAttempt: (attempt) => through("startAttempt", store.startAttempt(attempt)),
        end: (ending) => through("end", store.end(ending)),
        find: (id) => through("find", store.find(id)),
        findByKey: (account, key) => through("findByKey", store.findByKey(account, key))
      })
      const rows = Context.get(this.#rows, BillStore)
      const unavailable = new Unavailable({ error_message: "the test" })
      const asked = <A>(name: string, operation: Effect.Effect<A, Unavailable>) =>
        Effect.mapError(
          through(
            name,
            Effect.mapError(operation, () => gone)
          ),
          () => unavailable
        )
      const bills = BillStore.of({
        ...rows,
        open: (...channel) => asked("open", rows.open(...channel)),
        offered: (node, limit) => asked("offered", rows.offered(node, limit)),
        byIds: (ids) => asked("byIds", rows.byIds(ids)),
        sign: (signed) => asked("sign", rows.sign(signed)),
        dispute: (disputed) => asked("dispute", rows.dispute(disputed))
      })
      return this.#rows.pipe(Context.add(JobStore, jobs), Context.add(BillStore, bills))
    })
  )
}

export const world = Effect.fnUntraced(function* (
  options: { database?: Database; settings?: Partial<Settings["Service"]> } = {}
) {
  const database = options.database ?? new Database()
  const layer = Jobs.layer.pipe(
    Layer.provideMerge(bill.all),
    Layer.provideMerge(NodeKeys.layer),
    Layer.provideMerge(Layer.merge(Relay.layer, Quotes.layer)),
    Layer.provideMerge(Layer.mergeAll(Router.layer, Nodes.layer, Limits.layer)),
    Layer.provideMerge(
      Layer.mergeAll(
        database.layer,
        NodeStore.layerMemory,
        LineStores.layerMemory,
        Verifier.layer,
        planeIdentity.layer,
        SecureRandom.layer,
        Layer.succeed(Settings, { ...settings, ...options.settings })
      )
    )
  )
  const context = yield* Layer.build(Layer.fresh(layer)).pipe(Random.withSeed("world"))
  const relay = Context.get(context, Relay)
  const nodes = Context.get(context, Nodes)
  const jobs = Context.get(context, Jobs)
  const router = Context.get(context, Router)
  const connect = (n: number) => new FakeLink(relay, nodeId(n))
  const submit = Effect.fnUntraced(function* (part: Partial<Submission> = {}) {
    const submitted = yield* jobs.submit(submission(part))
    if (submitted._tag === "Stored") throw new Error("the job was stored before")
    yield* settle
    return submitted.job
  })
  const credits = () => [1, 2, 3, 4].map((n) => router.inFlight(nodeId(n)).attempts)
  return {
    bills: Context.get(context, BillStore),
    connect,
    credits,
    database,
    jobs,
    keys: Context.get(context, NodeKeys),
    ledger: Context.get(context, Ledger),
    limits: Context.get(context, Limits),
    nodes,
    offers: Context.get(context, Offers),
    planeKey: Context.get(context, PlaneKey),
    receipts: Context.get(context, Receipts),
    relay,
    router,
    store: Context.get(context, JobStore),
    submit
  }
})

/** Lets everything happen that needs no time. */
export const settle = TestClock.adjust(0)

export const textOf = (job: LiveJob): string => [...job.log].map(({ text }) => text).join("")

export const graceMillis = limits.graceMillis
