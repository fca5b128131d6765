/** While the database is away streams deliver their text and new jobs are told to come back; then everything is stored. */
import { type Ask, bodyOf, follow, jobOf, post, Reading, streamOf, submit } from "../client.ts"
import * as PostgresServer from "../PostgresServer.ts"
import { millis, Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { withWorld } from "../World.ts"

const jobs = 3
const rounds = 3
const ask: Ask = { tokens: 200, gap: 5 }

export const databaseKilled: Scenario = {
  name: "database-killed",
  fault: "database dies mid-stream",
  injected: `kill -9 of the PostgreSQL postmaster with ${jobs} jobs running, started again 1 s after their text has come`,
  missing: () =>
    PostgresServer.programs() === undefined ? "no PostgreSQL server in /usr/lib/postgresql to kill" : undefined,
  run: async () => {
    const { server, url } = await PostgresServer.create(PostgresServer.programs() ?? "")
    return withWorld({ databaseUrl: url }, async (world) => {
      const promises = new Promises()
      const ended: Array<number> = []
      for (let round = 0; round < rounds; round++) {
        const ids = await Promise.all(Array.from({ length: jobs }, () => submit(world, ask)))
        const readings = ids.map(() => new Reading())
        const reads = Promise.all(ids.map((id, i) => follow(world, id, { reading: readings[i] ?? new Reading() })))
        await until("tokens came", () => readings.every(({ last }) => last >= 20))
        await server.child.kill()
        await until("all the text came without the database", () => readings.every(({ last }) => last === ask.tokens))
        const refused = await post(world, "/api/v1/jobs", bodyOf({ tokens: 1 }))
        const { status } = refused
        promises.expect(status === 503, `a submission was answered ${status} ${await refused.text()}`)
        promises.expect(Number(refused.headers.get("retry-after")) > 0, "no Retry-After")
        await Bun.sleep(1_000)
        promises.expect(
          !readings.some((reading) => reading.ended),
          "a stream ended while its outcome could not be stored"
        )
        const began = performance.now()
        await server.start()
        await reads
        ended.push(performance.now() - began)
        for (const [i, id] of ids.entries()) {
          promises.same("with the database back", readings[i]?.text ?? "", streamOf(ask))
          promises.expect(readings[i]?.cuts === 0, "the client's connection was cut")
          promises.expect((await jobOf(world, id)).status === "completed", `${id} is not completed`)
        }
        const next: Ask = { tokens: 20 }
        promises.same("the next job", (await follow(world, await submit(world, next))).text, streamOf(next))
      }
      return {
        times: rounds,
        seen: `all its text; [DONE] ${millis(ended)} after the database's start began; new jobs meanwhile 503 with Retry-After; nothing lost`,
        broken: promises.broken
      }
    })
  }
}
