/** `kill -9` of a node: before the first token nobody notices, afterwards the stream says so, and the node comes back. */
import { type Ask, follow, jobOf, Reading, streamOf, submit } from "../client.ts"
import { millis, Promises, type Scenario } from "../report.ts"
import { until } from "../machine.ts"
import { type Restartable, withWorld, type World } from "../World.ts"

const quiet: Ask = { tokens: 30, gap: 5, delay: 700 }

/** The node that has begun with the job. */
const runnerOf = async (world: World, id: string): Promise<Restartable> => {
  let node: string | undefined
  await until("a node runs the job", async () => {
    const { running } = (await (await fetch(`${world.backendUrl}/running`)).json()) as { running: number }
    node = (await jobOf(world, id)).node_id
    return node !== undefined && running > 0
  })
  return world.nodeOf(node ?? "")
}

/** A job whose node dies before its first token; what the client saw is as if nothing had been. */
const early = async (world: World, promises: Promises, what: string): Promise<Restartable> => {
  const id = await submit(world, quiet)
  const reading = follow(world, id)
  const node = await runnerOf(world, id)
  await node.child.kill()
  const back = world.nodes.length === 1 ? node.start() : undefined
  const { cuts, text } = await reading
  await back
  promises.same(what, text, streamOf(quiet))
  promises.expect(cuts === 0, `${what}: the client's connection was cut`)
  const { attempts, status } = await jobOf(world, id)
  const outcomes = attempts.map(({ outcome }) => outcome).join(", ")
  promises.expect(status === "completed" && outcomes === "lost, done", `${what}: job ${status}, attempts ${outcomes}`)
  return node
}

export const nodeKilledEarly: Scenario = {
  name: "node-killed-early",
  fault: "node dies before the first token",
  injected:
    "kill -9 of the daemon while the backend still thinks; 3 times with a second node, 3 times alone and started again",
  run: async () => {
    const promises = new Promises()
    await withWorld({ nodes: 2 }, async (world) => {
      for (let i = 0; i < 3; i++) {
        const node = await early(world, promises, "with a second node")
        await node.start()
        await world.served(2)
      }
    })
    await withWorld({ nodes: 1 }, async (world) => {
      for (let i = 0; i < 3; i++) {
        await early(world, promises, "alone")
        await world.served(1)
      }
    })
    return {
      times: 6,
      seen: "one uncut stream: the other node ran the job, or the same one after its return",
      broken: promises.broken
    }
  }
}

const late = async (world: World, promises: Promises, moment: number): Promise<number> => {
  const ask: Ask = { tokens: 400, gap: 5 }
  const id = await submit(world, ask)
  const reading = new Reading()
  const read = follow(world, id, { reading })
  await until("tokens came", () => reading.last >= moment)
  const node = await runnerOf(world, id)
  await node.child.kill()
  const killed = performance.now()
  await read
  const told = performance.now() - killed
  const frame = reading.frames.at(-1) ?? ""
  promises.expect(
    frame.startsWith(`data: {"error":"node_disconnected"`),
    `killed at ${moment}: the last frame is ${frame}`
  )
  promises.same(
    "before the error",
    reading.text.slice(0, -frame.length - 2),
    streamOf({ tokens: reading.last }).slice(0, -14)
  )
  const { error, status } = await jobOf(world, id)
  promises.expect(status === "failed" && error === "node_disconnected", `killed at ${moment}: job ${status}, ${error}`)
  await node.start()
  await world.served(1)
  const next: Ask = { tokens: 20 }
  promises.same("the next job", (await follow(world, await submit(world, next))).text, streamOf(next))
  return told
}

export const nodeKilledLate: Scenario = {
  name: "node-killed-late",
  fault: "node dies mid-stream",
  injected: "kill -9 of the only daemon after 1, 50, 100, 200 and 300 of 400 tokens, started again",
  run: () =>
    withWorld({}, async (world) => {
      const promises = new Promises()
      const told: Array<number> = []
      const moments = [1, 50, 100, 200, 300]
      for (const moment of moments) told.push(await late(world, promises, moment))
      return {
        times: moments.length,
        seen: `the text so far, then the error frame node_disconnected after ${millis(told)}, no [DONE]; the next job ran on the returned node`,
        broken: promises.broken
      }
    })
}
