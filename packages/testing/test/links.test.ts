/** What the protocol says of the grace, a late finisher, a second instance and the newest link, between real parts. */
import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Option } from "effect"
import { audit } from "../src/world/audit.ts"
import * as World from "../src/world/World.ts"

/** A world of one node with one job that has said something, and the job's client. */
const running = <A>(body: (world: World.World) => Effect.Effect<A>) => {
  const errors: Array<string> = []
  const begun = Effect.fnUntraced(function* (world: World.World) {
    yield* world.submit("job")
    yield* world.until(() => (world.clients[0]?.texts.length ?? 0) >= 3, 1_000, 1)
    return yield* body(world)
  })
  return World.use({}, begun).pipe(
    World.seeded(1, (line) => errors.push(line)),
    Effect.map((result) => ({ result, errors }))
  )
}

const said = ({ history }: World.World, pattern: RegExp) => history.filter((event) => pattern.test(event)).length

describe("a node whose answer somebody has begun to read", () => {
  it("is waited for half a second, and finishes in vain when it comes back later", () =>
    running(
      Effect.fnUntraced(function* (world) {
        world.network.partitioned.add(world.nodeOf(1))
        for (const connection of world.network.connections(world.nodeOf(1))) connection.cut()
        const [client] = world.clients
        expect(yield* world.until(() => client?.ends.length === 1, 499, 1)).toBe(false)
        yield* world.until(() => client?.ends.length === 1, 50, 1)
        expect(client?.ends).toMatchObject([{ error: "node_disconnected" }])
        const shown = client?.texts.length
        world.network.partitioned.clear()
        expect(yield* world.until(world.isAtRest)).toBe(true)
        // It had all of it, and was told that nobody wants it any more.
        expect(said(world, /up .*"hello".*"inflight":\[\{"attempt":"att_\w+","seq":12\}\]/)).toBe(1)
        expect(said(world, /down .*"welcome".*"resume":\[\],"cancel":\["att_/)).toBe(1)
        expect(client?.texts.length).toBe(shown)
        const rows = yield* Effect.forEach(world.clients, ({ id }) => Effect.orDie(world.database.jobs.find(id)))
        expect(rows.map(Option.getOrThrow)).toMatchObject([{ status: "failed", attempts: [{ outcome: "lost" }] }])
        expect(yield* audit(world)).toEqual([])
      })
    ).pipe(Effect.map(({ errors }) => expect(errors).toEqual([]))))

  it("replaces its own link by a newer one, of which the control plane has heard no end", () =>
    running(
      Effect.fnUntraced(function* (world) {
        for (const connection of world.network.connections(world.nodeOf(1))) connection.cut({ unheard: true })
        expect(yield* world.until(world.isAtRest)).toBe(true)
        expect(world.clients[0]?.ends[0]?._tag).toBe("Completed")
        expect(world.current().relay.links()).toBe(1)
        expect(yield* audit(world)).toEqual([])
      })
    ).pipe(Effect.map(({ errors }) => expect(errors).toEqual([]))))

  it("keeps its place against a second process with its key, which comes in once the first has gone", () =>
    running(
      Effect.fnUntraced(function* (world) {
        const first = world.daemons.get(1)
        yield* world.startDaemon(1)
        yield* world.until(() => world.clients[0]?.ends.length === 1)
        expect(world.clients[0]?.ends[0]?._tag).toBe("Completed")
        expect(said(world, /link over 4410/)).toBe(1)
        if (first !== undefined) yield* first.kill()
        expect(yield* world.until(world.isAtRest)).toBe(true)
        expect(yield* audit(world)).toEqual([])
      })
    ).pipe(
      Effect.map(({ errors }) =>
        expect(errors.map((line) => line.split(",")[0])).toEqual([
          "a second daemon with this node's key was refused",
          "link refused"
        ])
      )
    ))
})
