/** A client that reads nothing for three seconds gets everything, and nobody else waits for it. */
import { get } from "node:http"
import { type Ask, follow, framesOf, streamOf, submit } from "../client.ts"
import { Promises, type Scenario } from "../report.ts"
import { withWorld, type World } from "../World.ts"

const readers = 4
// More than a socket's buffers hold, and within what an attempt may say.
const ask: Ask = { tokens: 2000, size: 1900 }

/** Pauses at its first bytes. Over node:http, whose pause reaches the socket: fetch reads on behind the program's back. */
const readSlowly = (world: World, id: string, resume: Promise<unknown>): Promise<string> =>
  new Promise((resolve, reject) => {
    const options = { headers: { authorization: `Bearer ${world.key}` } }
    get(`${world.url}/api/v1/jobs/${id}/stream`, options, (response) => {
      let text = ""
      response.setEncoding("utf8")
      response.once("data", () => {
        response.pause()
        void resume.then(() => response.resume())
      })
      response.on("data", (part: string) => void (text += part))
      response.on("end", () => resolve(text))
      response.on("error", reject)
    }).on("error", reject)
  })

export const slowReader: Scenario = {
  name: "slow-reader",
  fault: "client stops reading",
  injected: `${readers} clients pause their socket for 3 s in a stream of 2,000 tokens, 3.8 MB`,
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const ids = await Promise.all(Array.from({ length: readers }, () => submit(world, ask)))
      // The slow ones wait for this one: it cannot be waiting for them.
      const quick: Ask = { tokens: 200, gap: 2 }
      const other = submit(world, quick).then((id) => follow(world, id))
      const patience = Bun.sleep(20_000).then(() => undefined)
      const first = Promise.race([other, patience])
      const pause = Promise.all([first, Bun.sleep(3_000)])
      const slow = Promise.all(ids.map((id) => readSlowly(world, id, pause)))
      promises.same("another client's stream, within 20 s", (await first)?.text ?? "", streamOf(quick))
      for (const text of await slow) {
        promises.same(
          "read slowly",
          framesOf(text)
            .map((frame) => `${frame}\n\n`)
            .join(""),
          streamOf(ask)
        )
      }
      return {
        times: readers,
        seen: "everything, to the byte; another client's whole stream came meanwhile",
        broken: promises.broken
      }
    })
}
