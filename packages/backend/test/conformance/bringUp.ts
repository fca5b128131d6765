/** Brings a target up and finds it as the node does: by the probe, at its address. */
import { ConfigProvider, Effect, Schedule } from "effect"
import type { Backend } from "../../src/Backend.ts"
import { plan as readPlan } from "../../src/Plan.ts"
import { probe } from "../../src/Probe.ts"
import * as engine from "../embedded/engine.ts"
import { freePort } from "../llamaServer.ts"
import type { Target } from "./targets.ts"

export interface Up {
  readonly backend: Backend
  /** The name of the model to ask for. */
  readonly model: string
  /** Ends the server without a good-bye; absent for one that is not ours to end. */
  readonly kill?: Effect.Effect<void>
  /** Starts it again where it was; succeeds once it answers. */
  readonly restart?: Effect.Effect<void>
}

/** The node's own way: one address of the plan, asked what it is. */
const found = (url: string) =>
  Effect.gen(function* () {
    const plan = yield* readPlan
    const [candidate] = plan.candidates
    if (candidate === undefined) return yield* Effect.die(new Error(`${url} is no address`))
    const probed = yield* probe(candidate, plan, globalThis.fetch)
    return yield* probed._tag === "Found" ? Effect.succeed(probed.backend) : Effect.fail(probed.reason)
  }).pipe(Effect.provide(ConfigProvider.layer(ConfigProvider.fromUnknown({ INFERNET_BACKEND: url }))))

/** The demo model under whatever name, once the server has one: a big one takes minutes to load it. */
const ready = (backend: Backend) =>
  Effect.flatMap(backend.models, (models) => {
    const model = models.find(({ id }) => /tiny/i.test(id)) ?? models[0]
    return model === undefined ? Effect.fail("it serves no model") : Effect.succeed(model.id)
  })

const patiently = (times: number) => Schedule.spaced("250 millis").pipe(Schedule.upTo({ times }))

const spawn = (argv: ReadonlyArray<string>) =>
  Effect.sync(() => Bun.spawn([...argv], { stdio: ["ignore", "ignore", "ignore"] }))

/** A process and all that came of it. */
const family = (pid: number): ReadonlyArray<number> => {
  const { stdout } = Bun.spawnSync(["ps", "-axo", "pid=,ppid="])
  const pairs = stdout
    .toString()
    .split("\n")
    .map((line) => line.trim().split(/\s+/).map(Number))
  const below = (parent: number): ReadonlyArray<number> =>
    pairs.flatMap(([child = 0, of]) => (of === parent && child !== 0 ? [child, ...below(child)] : []))
  return [pid, ...below(pid)]
}

/** Without a good-bye: a proxy alone would leave its servers behind, with the ports that its next life needs. */
const kill = async (server: Bun.Subprocess): Promise<void> => {
  for (const pid of server.exitCode === null ? family(server.pid) : []) {
    try {
      process.kill(pid, "SIGKILL")
    } catch {
      // It has ended meanwhile.
    }
  }
  await server.exited
}

/** A server with children of its own is asked to end first; the ones that do not are killed. */
const end = (server: Bun.Subprocess) =>
  Effect.promise(() => {
    server.kill("SIGTERM")
    return server.exited
  }).pipe(
    Effect.timeoutOrElse({
      duration: "15 seconds",
      orElse: () => Effect.void
    }),
    Effect.andThen(Effect.promise(() => kill(server)))
  )

const program = Effect.fnUntraced(function* (argv: (port: number) => ReadonlyArray<string>, big: boolean) {
  const port = freePort()
  const url = `http://127.0.0.1:${port}`
  let server = yield* spawn(argv(port))
  yield* Effect.addFinalizer(() => Effect.suspend(() => end(server)))
  const wait = Effect.flatMap(found(url), (backend) =>
    Effect.map(ready(backend), (model) => ({ backend, model }))
  ).pipe(Effect.retry(patiently(big ? 1200 : 80)))
  const up = yield* wait
  return {
    ...up,
    kill: Effect.promise(() => kill(server)),
    restart: Effect.gen(function* () {
      server = yield* spawn(argv(port))
      yield* wait
    }).pipe(Effect.orDie)
  } satisfies Up as Up
})

export const bringUp = Effect.fnUntraced(function* ({ from, name }: Target) {
  switch (from._tag) {
    case "Engine": {
      const backend = yield* engine.start(yield* engine.temporary)
      return { backend, model: yield* ready(backend) } satisfies Up as Up
    }
    case "Program":
      return yield* program(from.argv, from.big)
    case "Address": {
      const backend = yield* found(from.url)
      return { backend, model: yield* ready(backend) } satisfies Up as Up
    }
    case "Missing":
      return yield* Effect.die(new Error(`${name} is not to be had: ${from.how}`))
  }
})
