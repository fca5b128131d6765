/** What one account has, no other can read, change, or even tell from what is not there. */
import { describe, expect } from "bun:test"
import { sample } from "@infernet/contract/api/examples/sample"
import { it } from "@infernet/testing/harness"
import { Effect, SchemaAST } from "effect"
import { operations, type Operation } from "./operations.ts"
import type { Received } from "./people.ts"
import { nobodys, references } from "./references.ts"
import { ask, type Resident, residents } from "./residents.ts"

const isId = (name: string) => name === "id" || name === "cursor" || name === "address" || name.endsWith("_id")

/** Fields of a body that look like somebody's: at its top, those of ids; in a response's input the items. */
const inBodyOf = ({ id, payload }: Operation): ReadonlyArray<string> => {
  if (id === "responses.create") return ["input.id"]
  const ast = payload === undefined ? undefined : SchemaAST.toEncoded(payload.ast)
  if (ast === undefined || ast._tag !== "Objects") return []
  // Refused whatever it says: nothing is kept that it could name.
  return ast.propertySignatures
    .map(({ name }) => String(name))
    .filter((name) => name.endsWith("_id") && !name.startsWith("previous_"))
}

/** All places for ids that the contract has. */
const places = operations.flatMap((operation) =>
  [
    ...operation.spec.parameters.filter(({ in: at, name }) => at === "path" || isId(name)).map(({ name }) => name),
    ...inBodyOf(operation)
  ].map((name) => `${operation.id} ${name}`)
)

/** An answer without what it repeats of the question, and without what names the request. */
const told = ({ status, text }: Received, id: string) =>
  `${status} ${text.replaceAll(id, "<it>").replaceAll(/req_[0-9a-v]{16}/g, "<request>")}`

/** Their own: what strangers asked for must have left all of it as it was. */
const stateOf = (plane: Parameters<typeof ask>[0], { has, sender }: Resident) =>
  Effect.forEach(
    [
      ["jobs.get", { path: { id: has.job } }],
      ["jobs.list", {}],
      ["responses.retrieve", { path: { id: has.response } }],
      ["keys.list", {}],
      ["sessions.listSessions", {}],
      ["sessions.listWallets", {}],
      ...(has.node === undefined ? [] : [["commands.list", { path: { id: has.node } }] as const])
    ] as const,
    ([id, parts]) => Effect.map(ask(plane, sender, id, parts), ({ status, text }) => `${id} ${status} ${text}`)
  )

describe("what is somebody's", () => {
  it.live("is named in no way that is not held here against strangers", () =>
    Effect.sync(() => expect(Object.keys(references).toSorted()).toEqual([...new Set(places)].toSorted()))
  )

  it.live(
    "is to all others as if it were not there, or forbidden, and stays as it is",
    () =>
      Effect.gen(function* () {
        const { all, plane } = yield* residents
        const before = yield* Effect.forEach(all, (resident) => stateOf(plane, resident))
        for (const [place, reference] of Object.entries(references)) {
          if (typeof reference === "string") continue
          const { kind, parts, refusals } = reference
          const [operation = ""] = place.split(" ")
          for (const owner of all) {
            const its = owner.has[kind]
            if (its === undefined) continue
            for (const stranger of all.filter((one) => one !== owner)) {
              const what = `${place}: ${stranger.name} about what is of ${owner.name}`
              const answer = yield* ask(plane, stranger.sender, operation, parts(its, owner.has))
              expect(refusals, `${what}: ${answer.status} ${answer.text}`).toContain(answer.status)
              // That a node is there, and whose it is not, everybody may know.
              if (kind !== "node") {
                const none = nobodys[kind]
                const nothing = yield* ask(plane, stranger.sender, operation, parts(none, owner.has))
                if (answer.status !== 200) expect(told(answer, its), what).toBe(told(nothing, none))
              }
              for (const [name, id] of Object.entries(owner.has)) {
                if (id !== undefined && id !== its && name !== "node") expect(answer.text, what).not.toContain(id)
              }
            }
          }
        }
        const after = yield* Effect.forEach(all, (resident) => stateOf(plane, resident))
        expect(after).toEqual(before)
        // Nor does any list show it.
        for (const [i, lists] of after.entries()) {
          const others = all
            .filter((_, j) => j !== i)
            .flatMap(({ has }) => Object.values(has))
            .filter((id) => id !== undefined)
          for (const id of others) expect(lists.join("\n")).not.toContain(id)
        }
      }),
    { timeout: 60_000 }
  )

  it.live("is not answered to the same Idempotency-Key of another account", () =>
    Effect.gen(function* () {
      const { all, plane } = yield* residents
      const body = JSON.stringify({ model: sample.model, messages: [{ role: "user", content: "hi" }] })
      const ids = yield* Effect.forEach(all, ({ sender }) =>
        Effect.map(
          ask(plane, sender, "jobs.submit", { headers: { "idempotency-key": "the same" }, body }),
          ({ text }) => JSON.parse(text).id
        )
      )
      expect(new Set(ids).size).toBe(all.length)
    })
  )
})
