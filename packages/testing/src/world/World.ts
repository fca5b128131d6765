/** The simulated world: a control plane and daemons, the real ones, on a network, a database and time of the test's. */
import { NodeId } from "@infernet/contract/Id"
import { Clock, Effect, Exit, Fiber, Logger, Random, Scope } from "effect"
import { TestClock } from "effect/testing"
import * as Answers from "./Answers.ts"
import type { Script } from "../fakes/ScriptedBackends.ts"
import { account, Client, submission } from "./Client.ts"
import * as Daemons from "./Daemon.ts"
import * as Databases from "./Database.ts"
import * as http from "./http.ts"
import { Network } from "./Network.ts"
import * as Planes from "./Plane.ts"
import * as Times from "./Time.ts"

export interface WorldOptions {
  readonly nodes?: number
  readonly delays?: Times.Delays
  /** Before each piece of an answer. */
  readonly pauses?: Times.Delays
  /** What the backends do besides chatting. */
  readonly script?: Omit<Script, "chat">
}

export const nodeId = (n: number) => NodeId.make(`0x${n.toString(16).padStart(40, "0")}`)

/** A world whose nodes are linked. */
const make = Effect.fnUntraced(function* (options: WorldOptions = {}) {
  const { delays = { least: 1, most: 1 }, nodes = 1, pauses = { least: 5, most: 5 }, script } = options
  const clock = yield* Clock.Clock
  const scope = yield* Effect.scope
  const history: Array<string> = []
  const note = (event: string) => void history.push(`${clock.currentTimeMillisUnsafe()} ${event}`)
  const time = yield* Times.make(delays)
  const network = new Network(time, note)
  const database = yield* Databases.make(time)
  const chat = Answers.make(() => time.between(pauses))
  const clients: Array<Client> = []
  const daemons = new Map<number, Daemons.Daemon>()
  const disks = new Map<number, Map<string, string>>()
  let plane: Planes.Plane | undefined
  let planes = 0

  network.arrived = () => {
    for (const client of clients) client.read()
  }

  const startPlane = Effect.gen(function* () {
    note("plane starts")
    planes++
    plane = yield* Times.wholeMillis(Planes.start(database))
    network.door = plane.relay
  }).pipe(Scope.provide(scope))
  const killPlane = Effect.gen(function* () {
    note("plane dies")
    network.planeDied()
    for (const client of clients) client.disconnect()
    const dead = plane
    plane = undefined
    if (dead !== undefined) yield* dead.kill
  })

  const startDaemon = Effect.fnUntraced(function* (n: number) {
    note(`daemon ${n} starts`)
    const of = http.make(time, network, () => plane)
    const disk = disks.get(n) ?? Daemons.disk()
    disks.set(n, disk)
    const daemon = yield* Times.wholeMillis(
      Daemons.start({ node: nodeId(n), network, script: { ...script, chat }, disk, http: of })
    )
    daemons.set(n, daemon)
  }, Scope.provide(scope))
  const killDaemon = Effect.fnUntraced(function* (n: number, unheard = false) {
    note(`daemon ${n} dies`)
    const dead = daemons.get(n)
    daemons.delete(n)
    if (dead !== undefined) yield* dead.kill(unheard)
  })

  /** The client of a new job; none when the control plane is away or refuses. */
  const submit = Effect.fnUntraced(function* (name: string, pieces = 12) {
    if (plane === undefined) return undefined
    const submitted = yield* Effect.option(plane.jobs.submit(submission(name, pieces)))
    if (submitted._tag === "None" || submitted.value._tag === "Stored") return undefined
    note(`submitted ${name}`)
    const client = new Client(name, pieces, submitted.value.job)
    clients.push(client)
    return client
  })

  /** Lets time pass until this is so, at most for as long; whether it became so. */
  const until = Effect.fnUntraced(function* (isSo: () => boolean, limitMillis = 120_000, stepMillis = 20) {
    const end = clock.currentTimeMillisUnsafe() + limitMillis
    while (!isSo() && clock.currentTimeMillisUnsafe() < end) {
      yield* TestClock.adjust(stepMillis)
      for (const client of clients) {
        client.read()
        // In the background: it takes time, which passes only here.
        if (plane !== undefined) yield* Effect.forkIn(client.reconnect(plane), scope, { startImmediately: true })
      }
    }
    return isSo()
  })

  const current = () => {
    if (plane === undefined) throw new Error("the control plane is not running")
    return plane
  }
  const isLinked = (n: number) => network.connections(nodeId(n)).some(({ isOpen }) => isOpen)
  const allEnded = () => clients.every(({ isAnswered }) => isAnswered)

  /** Every job has ended and is paid for, and every daemon is linked and has nothing left to do or to tell. */
  const isAtRest = () =>
    allEnded() &&
    database.unanswered() === 0 &&
    clients.every(({ id }) => {
      const job = plane?.jobs.live(account, id)
      return job === undefined || job.log.end !== undefined
    }) &&
    [...daemons].every(([n, { jobs }]) => jobs.inflight().length === 0 && isLinked(n))

  yield* startPlane
  for (let n = 1; n <= nodes; n++) yield* startDaemon(n)
  yield* until(() => current().relay.links() === nodes && [...daemons.keys()].every(isLinked))
  return {
    clients,
    current,
    daemons,
    database,
    history,
    isAtRest,
    isLinked,
    killDaemon,
    killPlane,
    network,
    note,
    restarted: () => planes > 1,
    startDaemon,
    startPlane,
    submit,
    time,
    until,
    nodeOf: nodeId
  }
})

export type World = Effect.Success<ReturnType<typeof make>>

/** Makes a world, lets `body` live in it, and ends it: what stops in peace takes its time, which is let pass. */
export const use = Effect.fnUntraced(function* <A, E, R>(
  options: WorldOptions,
  body: (world: World) => Effect.Effect<A, E, R>
) {
  const scope = yield* Scope.make()
  const exit = yield* Effect.exit(Effect.flatMap(make(options), body).pipe(Scope.provide(scope)))
  const closing = yield* Effect.forkChild(Scope.close(scope, Exit.void))
  yield* TestClock.adjust("5 seconds")
  yield* Fiber.join(closing)
  return yield* exit
})

/** Runs a simulation by its seed; log lines of the grade `Error` become part of what it returns by `noted`. */
export const seeded =
  (seed: string | number, noted: (line: string) => void = () => undefined) =>
  <A, E, R>(simulation: Effect.Effect<A, E, R>) =>
    simulation.pipe(
      Random.withSeed(seed),
      Effect.provide(
        Logger.layer([
          Logger.make(({ cause, logLevel, message }) => {
            if (logLevel === "Error" || logLevel === "Fatal") noted(`${String(message)} ${String(cause)}`)
          })
        ]),
        { local: true }
      )
    )
