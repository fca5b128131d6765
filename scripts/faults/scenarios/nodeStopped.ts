/** A node that is told to stop tells its backend within a second, and the network what was done until then. */
import { type Ask, jobOf, follow, Reading, submit } from "../client.ts"
import { Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { withWorld } from "../World.ts"

const jobs = 5
const ask: Ask = { tokens: 4000, gap: 5 }

export const nodeStopped: Scenario = {
  name: "node-stopped",
  fault: "node is told to stop",
  injected: `SIGTERM to the only node with ${jobs} jobs answering`,
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const ids = await Promise.all(Array.from({ length: jobs }, () => submit(world, ask)))
      const readings = ids.map(() => new Reading())
      const reads = Promise.all(ids.map((id, i) => follow(world, id, { reading: readings[i] ?? new Reading() })))
      await until("every job answers", () => readings.every(({ last }) => last > 20))
      const stopped = world.nodes[0]?.child.stop()
      const running = async () =>
        ((await (await fetch(`${world.backendUrl}/running`)).json()) as { running: number }).running
      const within = await until("the backend is idle", async () => (await running()) === 0, 5_000)
      promises.expect(within < 1_000, `the backend worked on for ${Math.round(within)} ms`)
      const begun = performance.now()
      await stopped
      const gone = within + performance.now() - begun
      promises.expect(gone < 2_500, `the node was gone only after ${Math.round(gone)} ms`)
      await reads
      for (const id of ids) {
        const { attempts, status } = await jobOf(world, id)
        const outcomes = attempts.map(({ outcome }) => outcome).join(", ")
        // Not lost: the node's own word came, which says what was done.
        promises.expect(outcomes === "node_stopping", `${id} is ${status}, attempts ${outcomes}`)
      }
      return {
        times: jobs,
        seen: `its stream ends with an error; the backend was told to stop all ${jobs} within ${Math.round(within)} ms, the node was gone after ${Math.round(gone)} ms`,
        broken: promises.broken
      }
    })
}
