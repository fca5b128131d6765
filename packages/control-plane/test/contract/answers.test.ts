/** What `/openapi.json` shows as answers is what a network answers: `bun scripts/api-examples.ts` records it. */
import { describe, expect } from "bun:test"
import { answers } from "@infernet/contract/api/examples/answers"
import { requests } from "@infernet/contract/api/examples/requests"
import { JobEvent } from "@infernet/contract/api/Jobs"
import { it } from "@infernet/testing/harness"
import { Effect, Schema } from "effect"
import { operationOf, operations } from "./operations.ts"
import type { Visited } from "./Tour.ts"
import { wholeTour } from "./wholeTour.ts"

/** Operations that do nothing but say why not. */
const refusals: ReadonlySet<string> = new Set([
  "responses.remove",
  ...["pull", "push", "create", "copy", "delete"].map((name) => `ollama.${name}`)
])

const decodeEvent = Schema.decodeUnknownSync(Schema.fromJsonString(JobEvent))

/** That every field which came is documented, and every documented one came. */
const check = ({ operation, received: { headers, status, text } }: Visited): void => {
  const { spec, successes } = operationOf(operation)
  const type = headers.get("content-type")?.split(";")[0]
  const documented = Object.keys(spec.responses[status]?.content ?? {})
  expect([operation, status, documented]).toEqual([
    operation,
    status,
    type === undefined ? [] : expect.arrayContaining([type])
  ])
  if (refusals.has(operation)) return expect([operation, status >= 400]).toEqual([operation, true])
  if (type === "text/event-stream") {
    if (!operation.startsWith("jobs.")) return
    const events = [...text.matchAll(/^data: (\{.*)$/gm)].map(([, json]) => decodeEvent(json))
    return expect(events.length, operation).toBeGreaterThan(0)
  }
  if (type === "text/csv") return expect(text, operation).toEndWith("\r\n")
  const [schema, ...others] = successes.get(status) ?? []
  const decode = Schema.decodeUnknownSync(Schema.Union([schema ?? Schema.Void, ...others]), {
    onExcessProperty: "error"
  })
  const bodies = type === "application/x-ndjson" ? text.trim().split("\n") : text === "" ? [] : [text]
  for (const body of bodies) decode(JSON.parse(body))
}

describe("the contract's examples", () => {
  it.live(
    "are there for every operation, and answered as the contract says and the examples show",
    () =>
      Effect.gen(function* () {
        expect(Object.keys(requests).toSorted()).toEqual(operations.map(({ id }) => id).toSorted())
        const tour = yield* wholeTour
        const sent = Object.entries(tour.answers).flatMap(([id, byName]) =>
          Object.keys(byName).map((name) => [id, name])
        )
        const written = Object.entries(requests).flatMap(([id, byName]) =>
          Object.keys(byName).map((name) => [id, name])
        )
        expect(sent.map(String).toSorted()).toEqual(written.map(String).toSorted())
        tour.visited.forEach(check)
        expect(tour.answers, "record them anew with bun scripts/api-examples.ts").toEqual(answers)
      }),
    { timeout: 30_000 }
  )
})
