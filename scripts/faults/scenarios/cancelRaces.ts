/** Jobs cancelled at random moments end once each, in one way that everybody is told, and what they cost is written down. */
import { type Ask, follow, jobOf, submit } from "../client.ts"
import { openDatabase } from "../database.ts"
import { Promises, type Scenario } from "../report.ts"
import { withWorld, type World } from "../World.ts"

const jobs = 300
const ask: Ask = { tokens: 60, gap: 8, delay: 20 }

/** The last event of a stream, or the answer in its place where nothing had been said. */
const endings = /^(data: \[DONE\]|data: \{"error":"cancelled"|409 .*the job was cancelled)/gm

interface Raced {
  readonly id: string
  readonly answered: string
}

const race = async (world: World, wait: number): Promise<Raced> => {
  const id = await submit(world, ask)
  await Bun.sleep(wait)
  const response = await world.fetch(`/api/v1/jobs/${id}`, { method: "DELETE" })
  return { id, answered: ((await response.json()) as { status: string }).status }
}

interface UsageRow {
  readonly id: string
  readonly status: string
  readonly completion_tokens: number | null
}

export const cancelRaces: Scenario = {
  name: "cancel-races",
  fault: "submissions and cancels race",
  injected: `${jobs} jobs, each with a DELETE at a random moment of its life`,
  run: (random) =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const raced = await Promise.all(
        Array.from({ length: jobs }, async () => {
          const [start, wait] = [random() * 2_000, random() * 400]
          await Bun.sleep(start)
          return race(world, wait)
        })
      )
      const seen = { completed: 0, cancelled: 0 }
      const words = new Map<string, number>()
      await Promise.all(
        raced.map(async ({ answered, id }) => {
          const { last, text } = await follow(world, id)
          const { error, status } = await jobOf(world, id)
          words.set(id, last)
          promises.expect(status === answered, `${id}: DELETE said ${answered}, the job says ${status}`)
          promises.expect(status === "completed" || status === "cancelled", `${id}: ${status} ${error}`)
          const ends = [...text.matchAll(endings)].map(([end]) => end)
          const wanted = status === "completed" ? /DONE/ : /cancelled/
          promises.expect(
            ends.length === 1 && wanted.test(ends[0] ?? ""),
            `${id}: ${status}, its stream ends with ${ends.join()}`
          )
          if (status === "completed" || status === "cancelled") seen[status] += 1
        })
      )
      await using database = await openDatabase(world.home)
      const rows = await database.rows<UsageRow>(
        "select job.id, job.status, sum(attempt.completion_tokens)::int as completion_tokens " +
          "from job left join attempt on attempt.job_id = job.id group by job.id, job.status"
      )
      promises.expect(rows.length === jobs, `${rows.length} rows for ${jobs} jobs`)
      for (const row of rows) {
        const shown = words.get(row.id) ?? 0
        const counted = row.completion_tokens ?? 0
        promises.expect(counted >= shown, `${row.id}: ${row.status}, ${shown} tokens shown, ${counted} counted`)
      }
      return {
        times: jobs,
        seen: `DELETE, job and stream agree: ${seen.completed} completed, ${seen.cancelled} cancelled; every shown token is in the books`,
        broken: promises.broken
      }
    })
}
