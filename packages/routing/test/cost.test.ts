import { describe, expect, test } from "bun:test"
import { type Candidate, cost, type Work } from "@infernet/routing/cost"

const counts = [0, 1, 2, 3, 4, 8, 31, 32, 33, 500, 100_000]
const sizes = [0, 1, 256, 100_000]
const works: ReadonlyArray<Work> = sizes.flatMap((promptTokens) =>
  [1, 256].map((expectedTokens) => ({ promptTokens, expectedTokens }))
)
const candidates: ReadonlyArray<Candidate> = [1, 4, 32, 0].flatMap((slots) =>
  counts.flatMap((attempts) =>
    sizes.map((promptTokens) => ({ slots, loaded: true, inFlight: { attempts, promptTokens }, reported: 0 }))
  )
)

const everywhere = (check: (candidate: Candidate, work: Work) => void) => {
  for (const candidate of candidates) for (const work of works) check(candidate, work)
}

describe("cost", () => {
  test("is a positive, finite number of seconds, whatever a node says of itself", () =>
    everywhere((candidate, work) => {
      const seconds = cost(candidate, work)
      expect(seconds > 0 && Number.isFinite(seconds)).toBe(true)
      expect(Number.isFinite(cost({ ...candidate, reported: Number.MAX_SAFE_INTEGER }, work))).toBe(true)
    }))

  test("never falls when more is in flight, by our count or the node's", () =>
    everywhere((candidate, work) => {
      const { inFlight } = candidate
      const now = cost(candidate, work)
      const more = { ...inFlight, attempts: inFlight.attempts + 1 }
      const longer = { ...inFlight, promptTokens: inFlight.promptTokens + 100 }
      expect(cost({ ...candidate, inFlight: more }, work)).toBeGreaterThanOrEqual(now)
      expect(cost({ ...candidate, inFlight: longer }, work)).toBeGreaterThan(now)
      expect(cost({ ...candidate, reported: inFlight.attempts + 1 }, work)).toBeGreaterThanOrEqual(now)
    }))

  test("counts an attempt once that both sides count", () => {
    const [work] = [{ promptTokens: 10, expectedTokens: 256 }]
    const both = { slots: 4, loaded: true, inFlight: { attempts: 3, promptTokens: 0 }, reported: 3 }
    expect(cost(both, work)).toBe(cost({ ...both, reported: 0 }, work))
  })

  test("prefers a loaded model to one that has yet to be loaded", () =>
    everywhere((candidate, work) =>
      expect(cost({ ...candidate, loaded: false }, work)).toBeGreaterThan(cost(candidate, work))
    ))

  test("prefers waiting a little at a loaded node to loading elsewhere, and loading to waiting long", () => {
    const work = { promptTokens: 100, expectedTokens: 256 }
    const loaded = (attempts: number) =>
      cost({ slots: 4, loaded: true, inFlight: { attempts, promptTokens: 0 }, reported: 0 }, work)
    const cold = cost({ slots: 4, loaded: false, inFlight: { attempts: 0, promptTokens: 0 }, reported: 0 }, work)
    expect(loaded(4)).toBeLessThan(cold)
    expect(loaded(12)).toBeGreaterThan(cold)
  })
})
