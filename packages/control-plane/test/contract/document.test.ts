/** `/openapi.json` as a whole: valid, and with words and examples for everything. */
import { describe, expect, test } from "bun:test"
import { answers } from "@infernet/contract/api/examples/answers"
import { requests } from "@infernet/contract/api/examples/requests"
import { Validator } from "@seriousme/openapi-schema-validator"
import { Schema } from "effect"
import { type Operation, operations, spec } from "./operations.ts"

interface Shown {
  readonly example?: unknown
  readonly examples?: Readonly<Record<string, { readonly value: unknown }>>
}

const shownIn = ({ example, examples = {} }: Shown): ReadonlyArray<unknown> => [
  ...(example === undefined ? [] : [example]),
  ...Object.values(examples).map(({ value }) => value)
]

/** What is missing from an operation. */
const gapsOf = ({ id, spec }: Operation): ReadonlyArray<string> => {
  const gaps: Array<string> = []
  const want = (isThere: unknown, what: string) => void (isThere || gaps.push(`${id}: no ${what}`))
  want(spec.summary, "summary")
  want(spec.description, "description")
  for (const parameter of spec.parameters) want("description" in parameter, `description of ${parameter.name}`)
  for (const { required, name, ...parameter } of spec.parameters) {
    want(!required || "example" in parameter, `example of ${name}`)
  }
  for (const [type, media] of Object.entries(spec.requestBody?.content ?? {})) {
    want(shownIn(media as Shown).length > 0, `example of its body (${type})`)
  }
  for (const [name, { status, type }] of Object.entries(answers[id] ?? {})) {
    const media = spec.responses[status]?.content?.[type ?? ""] as Shown | undefined
    want(
      spec.responses[status] !== undefined && (type === null || shownIn(media ?? {}).length > 0),
      `answer to ${name}`
    )
  }
  return gaps
}

/** Errors that belong to how a request comes, whatever it asks for. */
const expectedErrors = ({ payload, spec }: Operation): ReadonlyArray<string> => [
  "500",
  ...(payload === undefined ? [] : ["400", "413"]),
  ...(spec.security.length === 0 ? [] : ["401", "503"])
]

describe("/openapi.json", () => {
  test("is a valid document of OpenAPI 3.1", async () => {
    const { errors, valid } = await new Validator().validate(
      structuredClone(spec) as unknown as Record<string, unknown>
    )
    expect([valid, errors]).toEqual([true, undefined])
  })

  test("has a summary, a description and an example of everything", () => {
    expect(operations.flatMap(gapsOf)).toEqual([])
    for (const tag of spec.tags) expect([tag.name, tag.description]).toEqual([tag.name, expect.any(String)])
  })

  test("refers to nothing that is not there, and shows no name that only the code has", () => {
    const text = JSON.stringify(spec)
    const names = new Set([...text.matchAll(/"#\/components\/schemas\/([^"]+)"/g)].map(([, name = ""]) => name))
    for (const name of names) expect(Object.keys(spec.components.schemas)).toContain(name)
    expect(text).not.toMatch(/_infernet_|Encoded"|x-effect/)
  })

  test("says of every operation how it fails, and of none what cannot happen to it", () => {
    for (const operation of operations) {
      const statuses = Object.keys(operation.spec.responses)
      expect([operation.id, statuses]).toEqual([
        operation.id,
        expect.arrayContaining(expectedErrors(operation).slice())
      ])
      if (operation.payload === undefined)
        expect([operation.id, statuses]).not.toEqual([operation.id, expect.arrayContaining(["413"])])
    }
  })

  test("has requests that their schemas take", () => {
    for (const { id, payload } of operations) {
      for (const { body } of Object.values(requests[id] ?? {})) {
        if (payload !== undefined && body !== undefined) Schema.decodeUnknownSync(payload)(body)
      }
    }
  })
})
