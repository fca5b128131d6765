/**
 * Thousands of requests that the schemas allow, and more that they do not: each gets an answer that is documented.
 *
 * The seed is fixed; `FUZZ=100000 bun test fuzz` sends that many, and `FUZZ_SEED` others.
 */
import { describe, expect } from "bun:test"
import { sample } from "@infernet/contract/api/examples/sample"
import { it } from "@infernet/testing/harness"
import { Effect, Logger, References, Schema } from "effect"
import { casesOf } from "./cases.ts"
import { Dice } from "./Dice.ts"
import { fuzzers } from "./fuzzers.ts"
import { network } from "./network.ts"
import { type Operation, operationOf, operations } from "./operations.ts"
import * as people from "./people.ts"
import { parsed, shapeOf } from "./shapes.ts"

const seed = Number(process.env["FUZZ_SEED"] ?? 20_261_122)
const total = Number(process.env["FUZZ"] ?? 8_000)

const endings: ReadonlySet<string> = new Set(["node.leave", "session.signOut"])

/** Requests under way at a time. */
const atOnce = 8

/** Operations with a body can be asked in many more ways. */
const weightOf = ({ payload }: Operation): number => (payload === undefined ? 1 : 6)

const allWeights = operations.reduce((sum, operation) => sum + weightOf(operation), 0)

const countFor = (operation: Operation): number => Math.ceil((total * weightOf(operation)) / allWeights)

const decode = (operation: Operation, status: number, body: unknown): void => {
  const [schema, ...others] = operation.successes.get(status) ?? []
  if (schema === undefined) return
  Schema.decodeUnknownSync(Schema.Union([schema, ...others]), { onExcessProperty: "error" })(body)
}

const show = ({ body, headers, method, path }: people.Sent) =>
  `${method} ${path.slice(0, 200)} ${JSON.stringify(headers)} ${new TextDecoder().decode(body).slice(0, 2_000)}`

/** What everybody may count on, whatever was asked. */
const check = (operation: Operation, sent: people.Sent, received: people.Received): void => {
  const { headers, status, text } = received
  const what = `seed ${seed}, ${operation.id}: ${show(sent)}\n→ ${status} ${text.slice(0, 500)}`
  const type = headers.get("content-type")?.split(";")[0] ?? ""
  const isChanged = sent.method !== operation.method
  expect(status, what).not.toBe(500)
  expect(headers.get("x-request-id"), what).toStartWith("req_")
  if (isChanged) return
  const documented = Object.keys(operation.spec.responses).map(Number)
  // An address that is another route's, or nobody's, is not this operation's to answer.
  const isElsewhere = status === 404 && text.includes("there is no ")
  if (!isElsewhere) expect(documented, what).toContain(status)
  if (status >= 400) {
    const shape = isElsewhere && operation.group === "openai" ? expect.anything() : shapeOf(operation, sent.headers)
    return expect(parsed(received), what).toMatchObject(shape)
  }
  if (type === "application/json") decode(operation, status, parsed(received))
}

const memory = () => {
  Bun.gc(true)
  return process.memoryUsage().rss / (1 << 20)
}

describe("any request at all", () => {
  it.live(
    `gets a documented answer and harms nobody (seed ${seed}, ${total} requests)`,
    () =>
      Effect.gen(function* () {
        const world = yield* network
        const senders = yield* fuzzers(world)
        const dice = new Dice(seed)
        const all: Array<readonly [Operation, people.Sent]> = []
        for (const [index, operation] of operations.entries()) {
          const count = countFor(operation)
          const cases = yield* casesOf(operation, count, seed + index * 10, dice, senders.known(operation))
          all.push(...cases.map((sent) => [operation, sent] as const))
        }
        // Mixed, so that what one operation leaves behind meets all others; those last that end what others need.
        const mixed = all
          .map((one) => [dice.next() + (endings.has(one[0].id) ? 1 : 0), one] as const)
          .toSorted(([a], [b]) => a - b)
          .map(([, one]) => one)
        const run = (part: typeof mixed) =>
          Effect.forEach(
            part,
            ([operation, sent]) =>
              people.send(world.plane, senders.of(operation), sent).pipe(
                Effect.flatMap((received) => Effect.try(() => check(operation, sent, received))),
                Effect.catchTag("UnknownError", ({ cause }) =>
                  Effect.sync(() => void wrong.push(`${operation.id}: ${String(cause)}`))
                ),
                Effect.onInterrupt(() => Effect.logFatal(`still waiting for ${operation.id}: ${show(sent)}`))
              ),
            { concurrency: atOnce, discard: true }
          )
        const wrong: Array<string> = []
        const half = Math.floor(mixed.length / 2)
        yield* run(mixed.slice(0, half))
        const before = memory()
        yield* run(mixed.slice(half))
        expect(wrong.slice(0, 20)).toEqual([])
        expect(memory() - before).toBeLessThan(128)
        const after = yield* people.send(
          world.plane,
          people.withKey(world.client.key),
          people.sentTo(operationOf("openai.chatCompletions"), {
            body: JSON.stringify({ model: sample.model, messages: [{ role: "user", content: "still there?" }] })
          })
        )
        expect([after.status, parsed(after)]).toMatchObject([200, { choices: [{ finish_reason: "stop" }] }])
      }).pipe(Effect.provide(Logger.layer([])), Effect.provideService(References.MinimumLogLevel, "Error")),
    { timeout: 60_000 + total * 20 }
  )
})
