/** Twenty clients that hang up mid-stream stop twenty requests at the backend within a second. */
import { bodyOf, post } from "../client.ts"
import { millis, Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { withWorld } from "../World.ts"

const clients = 20
const rounds = 3

export const hangUps: Scenario = {
  name: "hang-ups",
  fault: "clients hang up",
  injected: `${clients} clients of /v1/chat/completions abort mid-stream at once`,
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const running = async () =>
        ((await (await fetch(`${world.backendUrl}/running`)).json()) as { running: number }).running
      const took: Array<number> = []
      for (let round = 0; round < rounds; round++) {
        const controller = new AbortController()
        const body = bodyOf({ tokens: 4000, gap: 5 }, { stream: true })
        const reads = Array.from({ length: clients }, async () => {
          const response = await post(world, "/v1/chat/completions", body, { signal: controller.signal })
          const reader = response.body?.getReader()
          await reader?.read()
          return async () => {
            while ((await reader?.read())?.done === false);
          }
        })
        const readers = await Promise.all(reads)
        await until("the backend has them all", async () => (await running()) === clients, 5_000)
        const gone = Promise.allSettled(readers.map((rest) => rest()))
        controller.abort()
        const within = await until("the backend is idle", async () => (await running()) === 0, 5_000)
        await gone
        promises.expect(within < 1_000, `the backend worked on for ${Math.round(within)} ms`)
        took.push(within)
      }
      return {
        times: clients * rounds,
        seen: `nothing more; the backend was told to stop all ${clients} within ${millis(took)}`,
        broken: promises.broken
      }
    })
}
