/** Processes killed at every frame of running streams: whatever comes back goes on with what there was. */
import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { audit } from "../src/world/audit.ts"
import type { Client } from "../src/world/Client.ts"
import * as World from "../src/world/World.ts"

type Killing = (world: World.World) => Effect.Effect<void>

interface Case {
  readonly kill: Killing
  readonly nodes: number
  /** Counts the frames of both directions. */
  readonly frame: number
}

const jobs = 3
/** A machine that went without a word still counts as connected when its successor comes. */
const expected = /^(a second daemon with this node's key was refused|link refused)/

/** What came of a world in which somebody was killed as this frame was sent. */
const killAt = Effect.fnUntraced(function* ({ frame, kill, nodes }: Case) {
  const errors: Array<string> = []
  const body = Effect.fnUntraced(function* (world: World.World) {
    const { network, until } = world
    let sent = 0
    network.fate = () => {
      sent++
      return "passes"
    }
    for (let job = 0; job < jobs; job++) yield* world.submit(`job${job}`)
    const reached = yield* until(() => sent > frame || world.isAtRest(), 10_000, 1)
    const last = sent <= frame
    yield* kill(world)
    const rested = yield* until(world.isAtRest, 180_000)
    const faults = [...(reached && rested ? [] : ["not at rest"]), ...(yield* audit(world)), ...errors]
    return { last, faults, clients: world.clients }
  })
  return yield* World.use({ nodes }, body).pipe(
    World.seeded(frame, (line) => {
      if (!expected.test(line)) errors.push(line)
    })
  )
})

type Killed = Effect.Success<ReturnType<typeof killAt>>

const atEveryFrame = Effect.fnUntraced(function* (
  kill: Killing,
  nodes: number,
  expected: (killed: Killed) => ReadonlyArray<string>
) {
  for (let frame = 0; ; frame++) {
    const killed = yield* killAt({ kill, nodes, frame })
    const at = `killed at frame ${frame}`
    expect({ at, faults: [...killed.faults, ...expected(killed)] }).toEqual({ at, faults: [] })
    if (killed.last) return frame
  }
})

const plane: Killing = Effect.fnUntraced(function* ({ killPlane, startPlane, until }) {
  yield* killPlane
  yield* until(() => false, 200)
  yield* startPlane
})

const daemon = (unheard: boolean): Killing =>
  Effect.fnUntraced(function* ({ killDaemon, startDaemon, until }) {
    yield* killDaemon(1, unheard)
    yield* until(() => false, 50)
    yield* startDaemon(1)
  })

/** What became of the jobs, but for those that are `fine`. */
const allBut = (fine: (client: Client) => boolean) => (killed: Killed) =>
  killed.clients.flatMap((client) => {
    const [end] = client.ends
    return end?._tag === "Completed" || fine(client) ? [] : [`${client.name}: ${JSON.stringify({ ...client, end })}`]
  })

/** Not written down before the process died: nobody was shown anything of it. */
const allDone = allBut(({ denied, texts }) => denied && texts.length === 0)
/** What a client has seen cannot be begun anew. */
const lostOnlyWhatWasSeen = allBut(
  ({ ends: [end], texts }) => end?._tag === "Failed" && end.error === "node_disconnected" && texts.length > 0
)

describe("killed at every frame of three running jobs", () => {
  for (const nodes of [1, 2]) {
    it(
      `the control plane of ${nodes}: all jobs are done, and streams go on where they were`,
      () =>
        Effect.gen(function* () {
          expect(yield* atEveryFrame(plane, nodes, allDone)).toBeGreaterThan(20)
        }),
      { timeout: 20_000 }
    )
    it(
      `one daemon of ${nodes}: what nobody has seen is done elsewhere or again`,
      () =>
        Effect.gen(function* () {
          expect(yield* atEveryFrame(daemon(false), nodes, lostOnlyWhatWasSeen)).toBeGreaterThan(20)
        }),
      { timeout: 20_000 }
    )
    it(
      `one machine of ${nodes} without a word: the same, once it was silent for long`,
      () =>
        Effect.gen(function* () {
          expect(yield* atEveryFrame(daemon(true), nodes, lostOnlyWhatWasSeen)).toBeGreaterThan(20)
        }),
      { timeout: 30_000 }
    )
  }
})
