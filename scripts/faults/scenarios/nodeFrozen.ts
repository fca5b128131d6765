/** A node that stands still for two seconds and goes on loses nothing. */
import { type Ask, follow, Reading, streamOf, submit } from "../client.ts"
import { Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { withWorld } from "../World.ts"

const jobs = 5
const rounds = 3
const ask: Ask = { tokens: 200, gap: 5 }

export const nodeFrozen: Scenario = {
  name: "node-frozen",
  fault: "node stands still",
  injected: `SIGSTOP to the daemon mid-stream with ${jobs} jobs running, SIGCONT 2 s later`,
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      for (let round = 0; round < rounds; round++) {
        const ids = await Promise.all(Array.from({ length: jobs }, () => submit(world, ask)))
        const readings = ids.map(() => new Reading())
        const reads = Promise.all(ids.map((id, i) => follow(world, id, { reading: readings[i] ?? new Reading() })))
        await until("tokens came", () => readings.every(({ last }) => last >= 20))
        const daemon = world.nodes[0]?.child
        daemon?.signal("SIGSTOP")
        await Bun.sleep(2_000)
        daemon?.signal("SIGCONT")
        await reads
        for (const { cuts, text } of readings) {
          promises.same("after the pause", text, streamOf(ask))
          promises.expect(cuts === 0, "the client's connection was cut")
        }
      }
      return {
        times: rounds,
        seen: "a pause of 2 s in the text, then the rest, on the same connection",
        broken: promises.broken
      }
    })
}
