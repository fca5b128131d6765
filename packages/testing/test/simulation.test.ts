/** Many jobs on a network that delays, cuts and partitions, under processes that die, all by a seed: SEED=7, SEEDS=500. */
import { describe, expect, test } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect, Random } from "effect"
import { audit } from "../src/world/audit.ts"
import type { Fate } from "../src/world/Connection.ts"
import * as World from "../src/world/World.ts"

const nodes = 3
const jobs = 30
/** Of a thousand frames, so many meet this fate. */
const fates: ReadonlyArray<readonly [Fate, number]> = [
  ["cut", 8],
  ["cut_losing", 8],
  ["cut_unheard", 4],
  ["silence", 4]
]

/** As it is to be when a machine that vanished comes back before its silence was noticed. */
const expected = /^(a second daemon with this node's key was refused|link refused)/

const fateBy = (random: number): Fate => {
  let left = random * 1000
  for (const [fate, share] of fates) {
    left -= share
    if (left < 0) return fate
  }
  return "passes"
}

/** One disturbance of the world, of which it recovers by itself or by the healing at the end. */
const disturb = Effect.fnUntraced(function* (world: World.World) {
  const n = yield* Random.nextIntBetween(1, nodes)
  const kind = yield* Random.nextIntBetween(0, 11)
  if (kind < 2) {
    world.note(`node ${n} is partitioned`)
    world.network.partitioned.add(world.nodeOf(n))
  } else if (kind < 5) {
    world.note("the partitions heal")
    world.network.partitioned.clear()
  } else if (kind === 5) {
    yield* world.killDaemon(n, (yield* Random.next) < 0.3)
  } else if (kind < 9) {
    yield* startMissing(world)
  } else if (kind === 9) {
    yield* world.killPlane
  }
})

const startMissing = Effect.fnUntraced(function* (world: World.World) {
  if (world.network.door === undefined) yield* world.startPlane
  for (let n = 1; n <= nodes; n++) if (!world.daemons.has(n)) yield* world.startDaemon(n)
})

const live = Effect.fnUntraced(function* (world: World.World) {
  const random = yield* Random.Random
  world.network.fate = () => fateBy(random.nextDoubleUnsafe())
  for (let job = 0; job < jobs;) {
    const client = yield* world.submit(`job${job}`, yield* Random.nextIntBetween(1, 30))
    if (client !== undefined) job++
    yield* disturb(world)
    const pause = yield* Random.nextIntBetween(1, 400)
    yield* world.until(() => false, pause, pause)
    // Nobody takes jobs: somebody starts what is missing.
    if (client === undefined) yield* startMissing(world)
    if (client === undefined && (yield* Random.next) < 0.2) world.network.partitioned.clear()
  }
  world.note("everything heals")
  world.network.partitioned.clear()
  world.network.fate = () => "passes"
  yield* startMissing(world)
  const rested = yield* world.until(world.isAtRest, 600_000, 100)
  const faults = yield* audit(world)
  return { faults: [...(rested ? [] : ["not at rest"]), ...faults], history: world.history, clients: world.clients }
})

const simulate = (seed: number) => {
  const errors: Array<string> = []
  const options = { nodes, delays: { least: 1, most: 12 }, pauses: { least: 1, most: 60 } }
  return World.use(options, live).pipe(
    Effect.map((lived) => ({ ...lived, faults: [...lived.faults, ...errors] })),
    World.seeded(seed, (line) => {
      if (!expected.test(line)) errors.push(line)
    })
  )
}

const seedsOf = ({ SEED, SEEDS = "20" }: Record<string, string | undefined>) =>
  SEED === undefined ? Array.from({ length: Number(SEEDS) }, (_, seed) => seed) : [Number(SEED)]

describe("a world that heals loses nothing", () => {
  for (const seed of seedsOf(process.env)) {
    it(
      `by seed ${seed}`,
      () =>
        Effect.gen(function* () {
          const { faults } = yield* simulate(seed)
          expect({ seed, faults }).toEqual({ seed, faults: [] })
        }),
      { timeout: 30_000 }
    )
  }
})

describe("the simulation", () => {
  const hashes = new Map<number, Array<bigint | number>>()
  for (const seed of [1, 1, 2]) {
    it(
      `has a history by seed ${seed}`,
      () =>
        Effect.gen(function* () {
          const { history } = yield* simulate(seed)
          hashes.set(seed, [...(hashes.get(seed) ?? []), Bun.hash(history.join("\n"))])
        }),
      { timeout: 30_000 }
    )
  }
  test("has the same history to the byte by the same seed, and another by another", () => {
    const [first, again] = hashes.get(1) ?? []
    expect({ seed: 1, hash: first }).toEqual({ seed: 1, hash: again })
    expect(hashes.get(2)).not.toContain(first)
  })
})
