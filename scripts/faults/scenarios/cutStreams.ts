/** A stream cut anywhere and resumed is the uncut one, to the byte: while it runs, later, and after a restart. */
import { type Ask, follow, streamOf, submit } from "../client.ts"
import { Promises, type Scenario } from "../report.ts"
import { withWorld } from "../World.ts"

const cuts = 50
const ask: Ask = { tokens: 1000, gap: 2 }

export const cutStreams: Scenario = {
  name: "cut-streams",
  fault: "client connection cut mid-stream",
  injected: `the client aborts at a random byte, ${cuts} times a stream, and resumes`,
  run: (random) =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const wanted = streamOf(ask)
      const id = await submit(world, ask)
      let made = 0
      const read = async (what: string, by: "header" | "query") => {
        let left = cuts
        // On average the cuts take half of the stream, so that all of them fall into it.
        const cutAfter = () => (left-- > 0 ? 1 + Math.floor((random() * wanted.length) / cuts) : undefined)
        const reading = await follow(world, id, { cutAfter, by })
        promises.same(what, reading.text, wanted)
        promises.expect(reading.cuts >= cuts, `${what}: only ${reading.cuts} cuts fell into the stream`)
        made += reading.cuts
      }
      await Promise.all([
        read("live, by Last-Event-ID", "header"),
        read("live, by ?after=", "query"),
        follow(world, id).then(({ text }) => promises.same("uncut", text, wanted))
      ])
      await read("after its end, by Last-Event-ID", "header")
      await read("after its end, by ?after=", "query")
      await world.plane.child.kill()
      await world.plane.start()
      await read("after kill -9 of the control plane, by Last-Event-ID", "header")
      await read("after kill -9 of the control plane, by ?after=", "query")
      return {
        times: made,
        seen: "the same id: and data: frames as the uncut stream, to the byte, also after its end and after a restart",
        broken: promises.broken
      }
    })
}
