/** Requests to an operation: as its schemas allow, then with what they do not. */
import { requests } from "@infernet/contract/api/examples/requests"
import { Arbitrary, Effect, Schema } from "effect"
import type { Dice } from "./Dice.ts"
import { mutated, texts, write } from "./mutations.ts"
import type { Contract, Operation } from "./operations.ts"
import type { Sent } from "./people.ts"

/** Values of this network by the name of their field, put in where they make a request go further. */
export type Known = Readonly<Record<string, string>>

const samples = (schema: Contract | undefined, count: number, seed: number) =>
  schema === undefined
    ? Effect.succeed([])
    : Arbitrary.sampleEffect(Arbitrary.schema(schema), { count, seed, size: 5 }).pipe(
        Effect.map((values) => values.map((value) => Schema.encodeUnknownSync(schema)(value))),
        Effect.orDie
      )

/** In its place in an address. Half of a character cannot be sent in one. */
const escaped = (text: string) => encodeURIComponent(text.toWellFormed())

/** A part of a path. An empty one and dots make it another path. */
const segment = (text: string) => (/^\.{0,2}$/.test(text) ? "x" : escaped(text))

const junkInPath = [
  "%00",
  "%ff",
  "..%2f..%2fetc",
  "%25",
  "-1",
  "null",
  "%E2%80%AE",
  "a".repeat(3_000),
  "%0d%0aX:1",
  "'--"
]
const junkInQuery = [
  "",
  "-1",
  "0",
  "1e99",
  "NaN",
  "null",
  "\u0000",
  "9".repeat(400),
  "2026-02-30",
  "+275760-09-13",
  "é",
  "[]"
]

const withKnown = (value: unknown, known: Known, dice: Dice): unknown => {
  if (Array.isArray(value)) return value.map((inner) => withKnown(inner, known, dice))
  if (typeof value !== "object" || value === null) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, inner]) => {
      const real = known[key]
      return [key, real !== undefined && !dice.isOneIn(4) ? real : withKnown(inner, known, dice)]
    })
  )
}

const record = (value: unknown) =>
  Object.entries(typeof value === "object" && value !== null ? value : {}).map(([k, v]) => [k, String(v)] as const)

/** What `fetch` lets through; the rest is held in tests of bytes. */
const isSendable = (text: string) => /^[\x20-\x7e\x80-\xff]*$/.test(text)

const bodyFor = (sample: unknown, example: unknown, known: Known, dice: Dice): string => {
  const meant = withKnown(dice.isOneIn(3) ? (example ?? sample) : sample, known, dice)
  if (dice.isOneIn(3)) return write(meant)
  if (dice.isOneIn(15)) return dice.one(texts)
  return write(mutated(meant, dice))
}

const types = [
  "text/plain",
  "application/x-www-form-urlencoded",
  "application/json; charset=utf-16",
  "multipart/form-data"
]
const methods = ["GET", "PUT", "PATCH", "DELETE", "POST", "HEAD"]

/** With another method a page's session would be over, and with it all else that pages ask. */
const keepsMethod = ({ group }: Operation) => group === "session"

/** `known` by operation's parameter and by field of the body. */
export const casesOf = Effect.fnUntraced(function* (
  operation: Operation,
  count: number,
  seed: number,
  dice: Dice,
  known: { readonly path: Known; readonly body: Known }
) {
  const { headers, id, params, payload, query } = operation
  const [paths, queries, heads, bodies] = yield* Effect.all([
    samples(params, count, seed),
    samples(query, count, seed + 1),
    samples(headers, count, seed + 2),
    samples(payload, count, seed + 3)
  ])
  const examples = Object.values(requests[id] ?? {}).map(({ body }) => body)
  return Array.from({ length: count }, (_, i): Sent => {
    const fromSchema = Object.fromEntries(record(paths[i]))
    const path = operation.path.replace(/:([a-z]+)/g, (_, name: string) => {
      const real = known.path[name]
      if (real !== undefined && !dice.isOneIn(4)) return segment(real)
      return dice.isOneIn(2) ? dice.one(junkInPath) : segment(fromSchema[name] ?? "x")
    })
    const pairs = record(queries[i]).map(
      ([name, value]) => [name, dice.isOneIn(3) ? dice.one(junkInQuery) : value] as const
    )
    const twice = dice.isOneIn(10) ? pairs : []
    const search = [...pairs, ...twice].map(([name, value]) => `${name}=${escaped(value)}`).join("&")
    const method = !keepsMethod(operation) && dice.isOneIn(40) ? dice.one(methods) : operation.method
    const example = examples.length === 0 ? undefined : dice.one(examples)
    const wants = payload !== undefined && method !== "GET" && method !== "HEAD" && !dice.isOneIn(40)
    const body = wants ? new TextEncoder().encode(bodyFor(bodies[i], example, known.body, dice)) : undefined
    return {
      method,
      path: search === "" ? path : `${path}?${search}`,
      headers: {
        ...(wants && { "content-type": dice.isOneIn(30) ? dice.one(types) : "application/json" }),
        ...Object.fromEntries(record(heads[i]).filter(([, value]) => isSendable(value))),
        "x-forwarded-for": `10.${dice.below(256)}.${dice.below(256)}.${dice.below(256)}`
      },
      body
    }
  })
})
