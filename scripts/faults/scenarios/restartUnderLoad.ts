/** A node that its operator restarts ends what it has begun; what is asked for meanwhile waits for its return. */
import { main, outputOf } from "../Children.ts"
import { Promises, type Scenario } from "../report.ts"
import { underLoad, words } from "../underLoad.ts"
import { withWorld } from "../World.ts"

export const restartUnderLoad: Scenario = {
  name: "restart-under-load",
  fault: "node is restarted by its operator",
  injected: "`infernet restart` at the only node with 20 jobs answering, 10 more submitted meanwhile",
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const env = { INFERNET_HOME: world.nodeHomes[0] ?? "" }
      const status = async () =>
        JSON.parse(await outputOf("status", [process.execPath, main, "status", "--json"], env)) as {
          readonly pid: number
          readonly started_at: string
        }
      const before = await status()
      const seen = await underLoad(world, promises, async () => {
        await outputOf("restart", [process.execPath, main, "restart"], env)
      })
      const after = await status()
      promises.expect(after.started_at !== before.started_at, "the node was not restarted")
      promises.expect(after.pid === before.pid, "the node is another process")
      return { times: seen.jobs, seen: words(seen), broken: promises.broken }
    })
}
