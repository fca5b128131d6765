import { expect } from "bun:test"
import type { CommandView } from "@infernet/contract/Command"
import { CommandId, NodeId } from "@infernet/contract/Id"
import { it } from "@infernet/testing/harness"
import { Effect, Fiber, Option, Redacted } from "effect"
import { HttpClient, HttpClientResponse } from "effect/http"
import { TestClock } from "effect/testing"
import * as commands from "../../src/client/commands.ts"
import * as nodes from "../../src/client/nodes.ts"

const target = { url: "http://plane.example", key: Redacted.make("inft_x"), keyFrom: "of a test" }
const node = NodeId.make(`0x${"a".repeat(40)}`)
const pending: CommandView = {
  id: CommandId.make(`cmd_${"0".repeat(20)}`),
  node_id: node,
  kind: "drain",
  state: "pending",
  created_at: "1970-01-01T00:00:00.000Z"
}

/** Gives the answers in their order and the last of them for ever; counts the questions. */
const answering = (...answers: ReadonlyArray<readonly [status: number, body: unknown]>) => {
  const asked: Array<string> = []
  const client = HttpClient.make((request) =>
    Effect.sync(() => {
      const [status, body] = answers[Math.min(asked.length, answers.length - 1)] ?? [500, {}]
      asked.push(`${request.method} ${request.url}`)
      return HttpClientResponse.fromWeb(request, Response.json(body, { status }))
    })
  )
  return { asked, client }
}

const away = [503, { error: "unavailable", error_message: "the database is away" }] as const

it("goes on asking, twice a second, while the control plane is away for less than a minute", () =>
  Effect.gen(function* () {
    const { asked, client } = answering(away, [200, { ...pending, state: "running" }], away, [
      200,
      { ...pending, state: "completed" }
    ])
    const told: Array<string> = []
    const following = yield* commands
      .follow(target, pending, ({ state }) => Effect.sync(() => void told.push(state)))
      .pipe(Effect.provideService(HttpClient.HttpClient, client), Effect.forkScoped)
    yield* TestClock.adjust("1900 millis")
    expect(asked).toHaveLength(3)
    yield* TestClock.adjust("100 millis")
    expect((yield* Fiber.join(following)).state).toBe("completed")
    expect(told).toEqual(["pending", "running", "completed"])
  }))

it("says where to look when the control plane stays away", () =>
  Effect.gen(function* () {
    const { client } = answering(away)
    const following = yield* commands
      .follow(target, pending, () => Effect.void)
      .pipe(Effect.provideService(HttpClient.HttpClient, client), Effect.flip, Effect.forkScoped)
    yield* TestClock.adjust("61 seconds")
    expect((yield* Fiber.join(following)).message).toContain(`infernet command list ${node}`)
  }))

it("knows no details of a node of somebody else", () =>
  Effect.gen(function* () {
    const { asked, client } = answering([403, { error: "forbidden", error_message: "it belongs to another account" }])
    const details = yield* Effect.provideService(nodes.details(target, node), HttpClient.HttpClient, client)
    expect(details).toEqual(Option.none())
    expect(asked).toEqual([`GET ${target.url}/api/v1/nodes/${node}/details`])
  }))
