/** A model installed from afar, while links are cut and processes are killed at every moment of it. */
import { describe, expect } from "bun:test"
import type { Operator } from "@infernet/control-plane/node/Nodes"
import type { CommandId } from "@infernet/contract/Id"
import type { CommandView, IssueCommand } from "@infernet/contract/Command"
import type { Script } from "@infernet/testing/fakes/ScriptedBackends"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { account } from "../src/world/Client.ts"
import type { Fate } from "../src/world/Connection.ts"
import * as World from "../src/world/World.ts"

const operator: Operator = { account, role: "admin" }
const install: IssueCommand = { kind: "model_install", model: "qwen3:4b" }
const pieces = 8
const pieceMillis = 250

/** A library that gives a model in pieces; those that have come are kept, as on a disk. */
class Library {
  begun = 0
  running = 0
  mostAtOnce = 0
  finished = 0
  #come = 0

  readonly install: NonNullable<Script["install"]> = (_source, _to, progress) =>
    Effect.gen({ self: this }, function* () {
      this.begun++
      this.running++
      this.mostAtOnce = Math.max(this.mostAtOnce, this.running)
      while (this.#come < pieces) {
        progress({ phase: "downloading", completed_bytes: this.#come, total_bytes: pieces })
        yield* Effect.sleep(pieceMillis)
        this.#come++
      }
      this.finished++
      return "qwen3:4b"
    }).pipe(Effect.ensuring(Effect.sync(() => this.running--)))
}

const stateOf = (world: World.World, id: CommandId) =>
  Effect.orDie(world.current().commands.get(operator, world.nodeOf(1), id))

const isOver = ({ state }: CommandView) => state !== "pending" && state !== "running"

/** Lets time pass until the command is over; how it ended. */
const ended = Effect.fnUntraced(function* (world: World.World, id: CommandId) {
  for (let waited = 0; waited < 300; waited++) {
    const view = yield* stateOf(world, id)
    if (isOver(view)) return view
    yield* world.until(() => false, 1_000, 50)
  }
  return yield* stateOf(world, id)
})

/** A world of one node with a command just issued. */
const issued = <A>(body: (world: World.World, id: CommandId, library: Library) => Effect.Effect<A>) => {
  const library = new Library()
  return World.use({ script: { install: library.install } }, (world) =>
    Effect.gen(function* () {
      const { id } = yield* Effect.orDie(world.current().commands.issue(operator, world.nodeOf(1), install, undefined))
      return yield* body(world, id, library)
    })
  ).pipe(World.seeded(1))
}

const moments = Array.from({ length: 14 }, (_, n) => n * 200)

const fates: ReadonlyArray<Fate> = ["cut", "cut_losing", "cut_unheard", "silence"]

describe("an installation from afar", () => {
  it("shows its progress as it goes, and its model the moment it is there", () =>
    issued(
      Effect.fnUntraced(function* (world, id, library) {
        const shown: Array<number> = []
        for (let step = 0; step < 30; step++) {
          const { progress, state } = yield* stateOf(world, id)
          if (state === "running" && progress?.completed_bytes !== undefined) shown.push(progress.completed_bytes)
          yield* world.until(() => false, 100, 10)
        }
        expect(new Set(shown).size).toBeGreaterThanOrEqual(4)
        expect(shown).toEqual(shown.toSorted((a, b) => a - b))
        expect(yield* stateOf(world, id)).toMatchObject({ state: "completed", model: "qwen3:4b" })
        expect(library).toMatchObject({ begun: 1, finished: 1 })
        const progress = world.history.flatMap((event) =>
          /up .*"progress"/.test(event) ? [Number.parseInt(event)] : []
        )
        for (const [n, at] of progress.entries()) expect(at - (progress[n - 2] ?? -1_000)).toBeGreaterThanOrEqual(990)
      })
    ))

  it(
    "is done once, wherever the link is cut",
    () =>
      Effect.gen(function* () {
        for (const fate of fates) {
          for (let frame = 0, last = false; !last; frame++) {
            last = yield* issued(
              Effect.fnUntraced(function* (world, id, library) {
                let sent = 0
                world.network.fate = () => (sent++ === frame ? fate : "passes")
                const { state } = yield* ended(world, id)
                expect([fate, frame, state, library.begun]).toEqual([fate, frame, "completed", 1])
                return sent <= frame
              })
            )
            if (last) expect([fate, frame > 4]).toEqual([fate, true])
          }
        }
      }),
    { timeout: 60_000 }
  )

  it(
    "is done once, whenever the control plane is killed and comes back",
    () =>
      Effect.forEach(
        moments,
        (moment) =>
          issued(
            Effect.fnUntraced(function* (world, id, library) {
              yield* world.until(() => false, moment, 10)
              yield* world.killPlane
              yield* world.until(() => false, 1_000)
              yield* world.startPlane
              const { state } = yield* ended(world, id)
              expect([moment, state, library.begun]).toEqual([moment, "completed", 1])
            })
          ),
        { discard: true }
      ),
    { timeout: 60_000 }
  )

  it(
    "goes on whenever its node is killed and comes back",
    () =>
      Effect.forEach(
        moments,
        (moment) =>
          issued(
            Effect.fnUntraced(function* (world, id, library) {
              yield* world.until(() => false, moment, 10)
              yield* world.killDaemon(1)
              yield* world.until(() => false, 5_000)
              yield* world.startDaemon(1)
              const { state } = yield* ended(world, id)
              expect([moment, state, library.finished > 0]).toEqual([moment, "completed", true])
            })
          ),
        { discard: true }
      ),
    { timeout: 60_000 }
  )

  it("is done though nobody heard of the node for a while", () =>
    issued(
      Effect.fnUntraced(function* (world, id, library) {
        yield* world.until(() => false, 500, 10)
        world.network.partitioned.add(world.nodeOf(1))
        yield* world.until(() => false, 60_000, 100)
        expect((yield* stateOf(world, id)).state).toBe("running")
        world.network.partitioned.clear()
        const { state } = yield* ended(world, id)
        expect([state, library.begun]).toEqual(["completed", 1])
      })
    ))

  it(
    "ends as what came first when it is cancelled, and nothing of it runs on",
    () =>
      Effect.gen(function* () {
        const states = new Set<string>()
        for (const moment of moments) {
          for (const linked of [true, false]) {
            const state = yield* issued(
              Effect.fnUntraced(function* (world, id, library) {
                yield* world.until(() => false, moment, 10)
                if (!linked) for (const connection of world.network.connections(world.nodeOf(1))) connection.cut()
                yield* Effect.orDie(world.current().commands.cancel(operator, world.nodeOf(1), id))
                const { state } = yield* ended(world, id)
                yield* world.until(() => false, 5_000)
                expect([moment, linked, library.running]).toEqual([moment, linked, 0])
                expect((yield* stateOf(world, id)).state).toBe(state)
                return state
              })
            )
            expect(["completed", "cancelled"]).toContain(state)
            states.add(state)
          }
        }
        expect(states.size).toBe(2)
      }),
    { timeout: 60_000 }
  )
})
