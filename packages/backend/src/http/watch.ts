/** Watches over an answer that may take long: what never begins, and what falls silent, ends by name. */
import { Duration, Effect } from "effect"
import { BackendError } from "../Backend.ts"
import type { Pulse } from "./body.ts"
import type { Site } from "./Site.ts"

/** How often the pulse is felt, and the longest silence within an answer. */
const lookMillis = 5 * 60_000
/** Looks without a first byte: a cold model may be read from a slow disk, or wait behind others for its turn. */
const looksBeforeFirst = 3

const minutes = (looks: number) => Duration.format(Duration.millis(looks * lookMillis))

/** Ends when there was no sign of life for too long; time in which we keep the server waiting does not count. */
const silence = (site: Site, pulse: Pulse): Effect.Effect<never, BackendError> =>
  Effect.gen(function* () {
    for (let quiet = 0; ;) {
      const { beats } = pulse
      yield* Effect.sleep(lookMillis)
      quiet = pulse.beats === beats && !pulse.held ? quiet + 1 : 0
      const most = pulse.beats === 0 ? looksBeforeFirst : 1
      if (quiet < most) continue
      const message =
        pulse.beats === 0
          ? `${site.name} began no answer within ${minutes(most)}`
          : `${site.name} fell silent in the middle of its answer, for ${minutes(most)}`
      return yield* new BackendError({ fault: "timeout", message })
    }
  })

/**
 * Runs a request of which nobody knows how long it takes: fails with `timeout` after 15 minutes without a first byte,
 * or 5 to 10 minutes of silence after one.
 */
export const watched = <A>(
  site: Site,
  run: (pulse: Pulse) => Effect.Effect<A, BackendError>
): Effect.Effect<A, BackendError> =>
  Effect.suspend(() => {
    const pulse: Pulse = { beats: 0, held: false }
    return Effect.raceFirst(run(pulse), silence(site, pulse))
  })
