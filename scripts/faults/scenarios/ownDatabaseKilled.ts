/** A control plane's own database server, killed: it comes back by itself, and what was promised meanwhile is kept. */
import { type Ask, bodyOf, follow, jobOf, post, Reading, streamOf, submit } from "../client.ts"
import { serverOf } from "../database.ts"
import { millis, Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { withWorld, type World } from "../World.ts"

const jobs = 3
const ask: Ask = { tokens: 200, gap: 5 }
/** Tokens that every reader has when the kill comes: the last is just before the outcome is to be stored. */
const moments = [20, 120, 195]

/** Submits until one is taken; what the answers were, and the ids that were promised. */
const submitUntilTaken = async (world: World, quick: Ask) => {
  const began = performance.now()
  const answers: Array<number> = []
  for (;;) {
    const response = await post(world, "/api/v1/jobs", bodyOf(quick))
    answers.push(response.status)
    const { id } = (await response.json()) as { id?: string }
    if (id !== undefined) return { answers, id, took: performance.now() - began }
    if (answers.length > 400) throw new Error("no submission was taken after the kill")
    await Bun.sleep(25)
  }
}

export const ownDatabaseKilled: Scenario = {
  name: "own-database-killed",
  fault: "the control plane's own database dies",
  injected: `kill -9 of the embedded postmaster with ${jobs} jobs running, at token ${moments.join(", ")} of ${ask.tokens}`,
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const pauses: Array<number> = []
      const quick: Ask = { tokens: 20 }
      let refused = 0
      for (const moment of moments) {
        const ids = await Promise.all(Array.from({ length: jobs }, () => submit(world, ask)))
        const readings = ids.map(() => new Reading())
        const reads = Promise.all(ids.map((id, i) => follow(world, id, { reading: readings[i] ?? new Reading() })))
        await until("tokens came", () => readings.every(({ last }) => last >= moment))
        process.kill(serverOf(world.home).pid, "SIGKILL")
        const { answers, id, took } = await submitUntilTaken(world, quick)
        pauses.push(took)
        refused += answers.filter((status) => status === 503).length
        promises.expect(
          answers.every((status) => status === 202 || status === 503),
          `submissions were answered ${[...new Set(answers)].join()}`
        )
        await reads
        for (const [i, id] of ids.entries()) {
          promises.same(`killed at token ${moment}`, readings[i]?.text ?? "", streamOf(ask))
          promises.expect(readings[i]?.cuts === 0, "the client's connection was cut")
          promises.expect((await jobOf(world, id)).status === "completed", `${id} is not completed`)
        }
        promises.same("the job that was taken", (await follow(world, id)).text, streamOf(quick))
      }
      return {
        times: moments.length,
        seen: `all its text and [DONE]; new jobs 503 (${refused} times) until one was taken ${millis(pauses)} after the kill; nothing lost`,
        broken: promises.broken
      }
    })
}
