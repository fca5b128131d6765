/** What must be true of a world in which everything has come to rest: seen from outside, in words what is not. */
import type { AttemptId } from "@infernet/contract/Id"
import { Effect, Option } from "effect"
import { hardware, model, offer } from "../fakes/ScriptedBackends.ts"
import * as Answers from "./Answers.ts"
import type { Client } from "./Client.ts"
import type { World } from "./World.ts"

const auditClient = Effect.fnUntraced(function* (world: World, client: Client) {
  const found: Array<string> = []
  const say = (what: string) => void found.push(`${client.name}: ${what}`)
  const { name, pieces } = client
  const row = Option.getOrUndefined(yield* Effect.orDie(world.database.jobs.find(client.id)))
  const shown = Answers.fault(client.texts, { name, pieces, whole: false })
  if (shown !== undefined) say(`the client was shown ${shown}`)
  if (row === undefined) {
    // Accepted by a process that died before it was written down: as if it had never been.
    if (client.texts.length > 0 || client.ends.length > 0) say("shown, but not stored")
    if (!client.denied) say("not stored, and nobody says so")
    return found
  }
  const log = Option.getOrElse(yield* Effect.orDie(world.database.jobs.log(client.id)), () => [])
  const texts = log.map(({ text }) => text)
  const whole = row.status === "completed"
  const stored = Answers.fault(texts, { name, pieces, whole })
  if (stored !== undefined) say(`stored is ${stored}`)
  if (row.status !== "completed" && row.status !== "failed") say(`is ${row.status}`)
  if (whole && row.result?.content !== texts.join("")) say(`the result is ${row.result?.content}`)
  if (row.attempts.some(({ outcome }) => outcome === null)) say("an attempt is open")
  const done = row.attempts.findIndex(({ outcome }) => outcome === "done")
  if (whole ? done !== row.attempts.length - 1 : done !== -1) say(`attempts ${JSON.stringify(row.attempts)}`)
  const bills = yield* Effect.orDie(world.database.bills.ofJobs([client.id]))
  if (bills.length !== (whole ? 1 : 0)) say(`${bills.length} bills`)
  for (const { amount, attempt, offer, status } of bills) {
    if (status !== "signed") say(`the bill is ${status}`)
    if (attempt !== row.attempts.at(-1)?.id) say(`${attempt} is billed`)
    if (BigInt(offer.bill.usage.amount) !== amount) say(`${amount} is owed by a bill over ${offer.bill.usage.amount}`)
  }
  if (client.toldAnew) return found
  const [seen, kept] = [client.texts.join(""), texts.join("")]
  // A control plane that began later knows only what came again, before the node was lost as well.
  const shorter = !whole && world.restarted() && seen.startsWith(kept)
  if (seen !== kept && !shorter) say(`shown ${seen}stored ${kept}`)
  if (client.ends.length !== 1) say(`${client.ends.length} last events`)
  if ((client.ends[0]?._tag === "Completed") !== whole) say(`shown ${client.ends[0]?._tag}, stored ${row.status}`)
  return found
})

/** Each channel's bills are numbered from 1 without a gap, and their sums are those of their amounts. */
const auditChannels = Effect.fnUntraced(function* (world: World) {
  const bills = yield* Effect.orDie(world.database.bills.ofJobs(world.clients.map(({ id }) => id)))
  const channels = Map.groupBy(bills, ({ offer }) => offer.bill.terms.salt)
  const found: Array<string> = []
  for (const [salt, own] of channels) {
    const sorted = own.toSorted((a, b) => a.offer.bill.seq - b.offer.bill.seq)
    let sum = 0n
    for (const [i, { amount, offer }] of sorted.entries()) {
      sum += amount
      if (offer.bill.seq !== i + 1 || BigInt(offer.bill.cumulative) !== sum) {
        found.push(
          `channel ${salt}: bill ${i + 1} is ${offer.bill.seq} with the sum ${offer.bill.cumulative}, not ${sum}`
        )
      }
    }
  }
  return found
})

/** Attempts of the node that the control plane still holds, by its own answer. */
const held = (world: World, n: number, attempts: ReadonlyArray<AttemptId>): ReadonlyArray<string> => {
  const daemon = world.daemons.get(n)
  if (daemon === undefined) return []
  const welcome = world.current().welcome(daemon.node, {
    type: "hello",
    version: "1.0.0",
    instance: "f".repeat(32),
    epoch: 0,
    state: { version: "1.0.0", hardware, backends: [], models: [offer(model)], slots: 4, in_flight: 0 },
    inflight: attempts.map((attempt) => ({ attempt, seq: 0 }))
  })
  const cancelled = welcome?.type === "welcome" ? welcome.cancel : []
  return attempts.filter((attempt) => !cancelled.includes(attempt)).map((attempt) => `the plane holds ${attempt}`)
}

/** Empty when all is well. The daemons are gone afterwards: the last question is asked in their place. */
export const audit = Effect.fnUntraced(function* (world: World) {
  const found: Array<string> = []
  for (const client of world.clients) found.push(...(yield* auditClient(world, client)))
  found.push(...(yield* auditChannels(world)))
  const rows = yield* Effect.forEach(world.clients, ({ id }) => Effect.orDie(world.database.jobs.find(id)))
  const attempts = rows.flatMap(Option.toArray).flatMap(({ attempts }) => attempts)
  for (const [n, { jobs, node }] of world.daemons) {
    const booked = world.current().router.inFlight(node)
    if (booked.attempts !== 0 || booked.promptTokens !== 0) found.push(`node ${n} is booked ${JSON.stringify(booked)}`)
    const holds = jobs.inflight()
    if (holds.length > 0) found.push(`node ${n} holds ${JSON.stringify(holds)}`)
  }
  const daemons = [...world.daemons.keys()]
  for (const n of daemons) for (const connection of world.network.connections(world.nodeOf(n))) connection.cut()
  yield* world.until(() => world.current().relay.links() === 0, 1_000, 1)
  for (const n of daemons) {
    const own = attempts.filter(({ nodeId }) => nodeId === world.nodeOf(n)).map(({ id }) => id)
    found.push(...held(world, n, own))
  }
  return found
})
