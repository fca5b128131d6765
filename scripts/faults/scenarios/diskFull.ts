/** A control plane whose disk becomes full takes nothing that it could not keep, and goes on when there is room. */
import { type Ask, bodyOf, follow, jobOf, post, Reading, streamOf, submit } from "../client.ts"
import { openDatabase } from "../database.ts"
import { until } from "../machine.ts"
import { Promises, type Scenario } from "../report.ts"
import { missing, SmallDisk } from "../smallDisk.ts"
import { World } from "../World.ts"

const jobs = 5
const ask: Ask = { tokens: 200, gap: 40 }
const quick: Ask = { tokens: 20 }

/** The server needs a new file of its log at the next write, finds no room for it, and ends. */
const endLogFile = async (home: string) => {
  await using database = await openDatabase(home)
  await database.rows("select pg_switch_wal()")
}

const answerTo = async (world: World) => {
  const response = await post(world, "/api/v1/jobs", bodyOf(quick))
  return { status: response.status, retryAfter: response.headers.get("retry-after"), body: await response.text() }
}

const inSmallWorld = async (use: (world: World, disk: SmallDisk) => ReturnType<Scenario["run"]>) => {
  const world = new World({})
  using disk = new SmallDisk(world.home, 200)
  try {
    return await use(await world.open(), disk)
  } finally {
    disk.makeRoom()
    await world.close()
  }
}

export const diskFull: Scenario = {
  name: "disk-full",
  fault: "the control plane's disk is full",
  injected: `a home of 200 MB filled to the last byte with ${jobs} jobs running, room made 3 s later`,
  missing,
  run: () =>
    inSmallWorld(async (world, disk) => {
      const promises = new Promises()
      const before = await submit(world, quick)
      await follow(world, before)
      const ids = await Promise.all(Array.from({ length: jobs }, () => submit(world, ask)))
      const readings = ids.map(() => new Reading())
      const reads = Promise.all(ids.map((id, i) => follow(world, id, { reading: readings[i] ?? new Reading() })))
      await until("tokens came", () => readings.every(({ last }) => last >= 20))
      disk.fill()
      await endLogFile(world.home)
      await until("a submission is refused", async () => (await answerTo(world)).status !== 202)
      const refused = await answerTo(world)
      promises.expect(
        refused.status === 503 && refused.retryAfter !== null,
        `refused with ${refused.status}, Retry-After ${refused.retryAfter}: ${refused.body}`
      )
      const then = readings.map(({ last }) => last)
      await until("the streams go on", () => readings.every(({ last }, i) => last > (then[i] ?? 0) + 20))
      await Bun.sleep(3_000)
      disk.makeRoom()
      const pause = await until("a submission is taken", async () => (await answerTo(world)).status === 202, 30_000)
      await reads
      for (const [i, id] of ids.entries()) {
        promises.same("a stream that ran", readings[i]?.text ?? "", streamOf(ask))
        promises.expect((await jobOf(world, id)).status === "completed", `${id} is not completed`)
      }
      promises.expect((await jobOf(world, before)).status === "completed", "what was done before is lost")
      promises.same("a job afterwards", (await follow(world, await submit(world, quick))).text, streamOf(quick))
      return {
        times: 1,
        seen: `running jobs all their text and [DONE]; new ones 503 with Retry-After, taken ${Math.round(pause)} ms after there was room; nothing lost`,
        broken: promises.broken
      }
    })
}
