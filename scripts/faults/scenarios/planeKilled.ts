/** `kill -9` of the control plane at any moment of five running jobs loses no job, no token and no byte of a stream. */
import { type Ask, follow, jobOf, Reading, streamOf, submit } from "../client.ts"
import { millis, Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { withWorld, type World } from "../World.ts"

const jobs = 5
const ask: Ask = { tokens: 150, gap: 8, delay: 300 }
/** Tokens that the first reader has when the kill comes; at 0 no token has been made yet. */
const moments = [0, 1, 50, 110, 149]

const round = async (world: World, moment: number, promises: Promises): Promise<number> => {
  const ids = await Promise.all(Array.from({ length: jobs }, () => submit(world, ask)))
  const readings = ids.map(() => new Reading())
  const reads = Promise.all(ids.map((id, i) => follow(world, id, { reading: readings[i] ?? new Reading() })))
  await until(`${moment} tokens came`, () => (readings[0]?.last ?? 0) >= moment)
  await world.plane.child.kill()
  const killed = performance.now()
  const before = readings.map(({ last }) => last)
  await world.plane.start()
  let again = 0
  const noticed = until("a stream goes on", () =>
    readings.some(({ ended, last }, i) => ended || last > (before[i] ?? 0))
  )
  void noticed.then(() => (again = performance.now() - killed))
  await reads
  await noticed
  for (const [i, id] of ids.entries()) {
    promises.same(`killed at token ${moment}, job ${i + 1}`, readings[i]?.text ?? "", streamOf(ask))
    const { attempts, result, status } = await jobOf(world, id)
    const tokens = result?.usage.completion_tokens
    promises.expect(
      status === "completed" && tokens === ask.tokens,
      `killed at token ${moment}: job ${i + 1} is ${status} with ${tokens} tokens`
    )
    promises.expect(attempts.length === 1, `killed at token ${moment}: job ${i + 1} was run ${attempts.length} times`)
  }
  return again
}

export const planeKilled: Scenario = {
  name: "plane-killed",
  fault: "control plane dies",
  injected: `kill -9 with ${jobs} jobs running (before the first token, at token ${moments.slice(1).join(", ")} of ${ask.tokens}), started again on the same home and port`,
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const pauses: Array<number> = []
      for (const moment of moments) pauses.push(await round(world, moment, promises))
      return {
        times: moments.length,
        seen: `a cut; resumed with Last-Event-ID the same stream to the byte, going on ${millis(pauses)} after the kill; all ${moments.length * jobs} jobs completed, each run once`,
        broken: promises.broken
      }
    })
}
