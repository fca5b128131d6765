/** Links lost at every frame of running streams: nothing is lost, doubled or reordered, and nothing is left behind. */
import { describe, expect } from "bun:test"
import { it } from "@infernet/testing/harness"
import { Effect } from "effect"
import { audit } from "../src/world/audit.ts"
import type { Direction, Fate } from "../src/world/Connection.ts"
import * as World from "../src/world/World.ts"

interface Case {
  readonly fate: Fate
  readonly direction: Direction
  readonly frame: number
  readonly jobs: number
}

/** What came of a world in which one frame met its fate; `reached` tells whether there was such a frame. */
const lose = Effect.fnUntraced(function* ({ direction, fate, frame, jobs }: Case) {
  const errors: Array<string> = []
  const body = Effect.fnUntraced(function* (world: World.World) {
    const from = world.network.sent[direction]
    let reached = false
    world.network.fate = (sent) => {
      if (sent.direction !== direction || sent.index !== from + frame) return "passes"
      reached = true
      return fate
    }
    for (let job = 0; job < jobs; job++) yield* world.submit(`job${job}`)
    // Some are lost with the last frame, which nobody misses before the silence is noticed.
    const ended = yield* world.until(world.isAtRest)
    const whole = world.clients.map(({ ends }) => ends[0]?._tag)
    return { reached, faults: [...(ended ? [] : ["not at rest"]), ...(yield* audit(world)), ...errors], whole }
  })
  return yield* World.use({}, body).pipe(World.seeded(frame, (line) => errors.push(line)))
})

/** The fates of all frames there are, one world each. */
const everyFrame = Effect.fnUntraced(function* (direction: Direction, fate: Fate, jobs: number) {
  for (let frame = 0; ; frame++) {
    const { faults, reached, whole } = yield* lose({ fate, direction, frame, jobs })
    const at = `${fate} ${direction} at frame ${frame}`
    expect({ at, faults }).toEqual({ at, faults: [] })
    if (!reached) return frame
    expect({ at, whole }).toEqual({ at, whole: whole.map(() => "Completed") })
  }
})

const fates: ReadonlyArray<Fate> = ["cut", "cut_losing", "cut_unheard", "silence"]

for (const jobs of [1, 2]) {
  describe(`with ${jobs} running, every answer comes whole and once, whichever frame meets its end`, () => {
    for (const fate of fates) {
      it(
        `up, ${fate}`,
        () =>
          Effect.gen(function* () {
            expect(yield* everyFrame("up", fate, jobs)).toBeGreaterThanOrEqual(14)
          }),
        { timeout: 20_000 }
      )
      it(
        `down, ${fate}`,
        () =>
          Effect.gen(function* () {
            expect(yield* everyFrame("down", fate, jobs)).toBeGreaterThanOrEqual(2 * jobs)
          }),
        { timeout: 20_000 }
      )
    }
  })
}
