/** A backend that dies mid-stream: the stream says so, the node offers the model no longer, and again when it is back. */
import { type Ask, follow, Reading, streamOf, submit } from "../client.ts"
import { millis, Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { withWorld } from "../World.ts"

const rounds = 3
const ask: Ask = { tokens: 400, gap: 5 }

export const backendKilled: Scenario = {
  name: "backend-killed",
  fault: "backend dies mid-stream",
  injected: "kill -9 of the backend, started again once the model is gone from the list",
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const withdrawn: Array<number> = []
      const back: Array<number> = []
      for (let round = 0; round < rounds; round++) {
        const reading = new Reading()
        const read = follow(world, await submit(world, ask), { reading })
        await until("tokens came", () => reading.last >= 50)
        await world.backend.child.kill()
        await read
        const frame = reading.frames.at(-1) ?? ""
        promises.expect(frame.startsWith(`data: {"error":"backend_error"`), `the last frame is ${frame}`)
        withdrawn.push(await world.served(0, 15_000))
        await world.backend.start()
        back.push(await world.served(1, 15_000))
        const next: Ask = { tokens: 20 }
        promises.same("the next job", (await follow(world, await submit(world, next))).text, streamOf(next))
      }
      return {
        times: rounds,
        seen: `the text so far, then the error frame backend_error, no [DONE]; the model left the list after ${millis(withdrawn)} and was there again ${millis(back)} after the backend; the next job ran`,
        broken: promises.broken
      }
    })
}
