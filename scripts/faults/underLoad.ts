/** Answers under way while an operator does something to the only node: those that it has begun, and new ones. */
import { type Ask, bodyOf, follow, jobOf, post, Reading, streamOf, submit } from "./client.ts"
import { until } from "./machine.ts"
import type { Promises } from "./report.ts"
import type { World } from "./World.ts"

const begun = { jobs: 20, ask: { tokens: 2000, gap: 5 } satisfies Ask }
const late = { jobs: 10, ask: { tokens: 50 } satisfies Ask }

export interface Seen {
  readonly jobs: number
  /** From the first submission meanwhile to the last of their answers. */
  readonly waitedMillis: number
  /** How often they were told to come again. */
  readonly askedAgain: number
}

/** As a client does that follows the advice it gets: a network without a node says when to come again. */
const submitPatiently = async (world: World, ask: Ask): Promise<{ readonly id: string; readonly again: number }> => {
  for (let again = 0; ; again++) {
    const response = await post(world, "/api/v1/jobs", bodyOf(ask))
    const answer = (await response.json()) as { readonly id: string }
    if (response.status === 202) return { id: answer.id, again }
    const seconds = Number(response.headers.get("retry-after"))
    if (response.status !== 503 || !(seconds > 0))
      throw new Error(`answered ${response.status}: ${JSON.stringify(answer)}`)
    await Bun.sleep(seconds * 1000)
  }
}

/** Does it while the first answers come, asks for more meanwhile, and expects all of them whole. */
export const underLoad = async (world: World, promises: Promises, act: () => Promise<void>): Promise<Seen> => {
  const first = await Promise.all(Array.from({ length: begun.jobs }, () => submit(world, begun.ask)))
  const readings = first.map(() => new Reading())
  const firstRead = Promise.all(first.map((id, i) => follow(world, id, { reading: readings[i] ?? new Reading() })))
  await until("every job answers", () => readings.every(({ last }) => last > 20))

  const acted = act()
  await until("the node takes no more", async () => (await node(world)).status === "draining")
  promises.expect(!readings.some(({ ended }) => ended), "answers had ended before the node drained: nothing was proven")
  const asked = performance.now()
  const lateRead = Promise.all(
    Array.from({ length: late.jobs }, async () => {
      const submitted = await submitPatiently(world, late.ask)
      return { ...submitted, reading: await follow(world, submitted.id) }
    })
  )
  await Promise.all([firstRead, acted])
  const more = await lateRead
  const waitedMillis = performance.now() - asked

  for (const [index, id] of first.entries()) {
    promises.same(`${id}, begun before`, readings[index]?.text ?? "", streamOf(begun.ask))
    const { attempts, status } = await jobOf(world, id)
    const outcomes = attempts.map(({ outcome }) => outcome).join(", ")
    promises.expect(status === "completed" && outcomes === "done", `${id} is ${status}, attempts ${outcomes}`)
  }
  for (const { id, reading } of more) {
    promises.same(`${id}, asked for meanwhile`, reading.text, streamOf(late.ask))
  }
  const cuts = [...readings, ...more.map(({ reading }) => reading)].reduce((sum, { cuts }) => sum + cuts, 0)
  promises.expect(cuts === 0, `${cuts} connections of clients were cut`)
  return { jobs: first.length + more.length, waitedMillis, askedAgain: Math.max(...more.map(({ again }) => again)) }
}

const node = async (world: World): Promise<{ readonly status: string }> => {
  const { nodes } = (await (await world.fetch("/api/v1/nodes")).json()) as {
    readonly nodes: ReadonlyArray<{ readonly status: string }>
  }
  return nodes[0] ?? { status: "unknown" }
}

/** For the table. */
export const words = ({ askedAgain, waitedMillis }: Seen): string =>
  `those that ran ended whole where they were; those submitted meanwhile were told to come again ${askedAgain} times at most, and done ${(waitedMillis / 1000).toFixed(1)} s later`
