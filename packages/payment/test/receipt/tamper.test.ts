import { expect } from "bun:test"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { holds } from "@infernet/payment/receipt/Finding"
import { verifyReceipt } from "@infernet/payment/receipt/verify"
import { it } from "@infernet/testing/harness"
import { Effect, Random } from "effect"
import { bill, node, plane, signed, stranger } from "./receipts.ts"

const seed = process.env["SEED"] ?? "tamper"
const count = 1_000

type Path = ReadonlyArray<string>
type Document = Record<string, unknown>

const isObject = (value: unknown): value is Document => typeof value === "object" && value !== null

const leaves = (value: unknown, at: Path = []): ReadonlyArray<Path> =>
  isObject(value) ? Object.entries(value).flatMap(([key, part]) => leaves(part, [...at, key])) : [at]

/** A copy with another value in one place, or, where that is `undefined`, without the field. */
const changed = (document: Document, [key = "", ...rest]: Path, change: (old: unknown) => unknown): Document => {
  const old = document[key]
  const fresh = rest.length > 0 && isObject(old) ? changed(old, rest, change) : change(old)
  const { [key]: _, ...others } = document
  return fresh === undefined ? others : { ...document, [key]: fresh }
}

/** Another character of the same kind, so that what stands there keeps its form where it can. */
const otherDigit = (digit: string): string => (digit === "1" ? "2" : "1")

const slightly = (at: number) => (old: unknown) => {
  if (typeof old === "number") return old + 1
  const text = String(old)
  const place = text.length - 1 - (at % Math.min(text.length, 20))
  return text.slice(0, place) + otherDigit(text[place] ?? "") + text.slice(place + 1)
}

/** The same fields, last first. */
const backwards = (value: unknown): unknown =>
  isObject(value)
    ? Object.fromEntries(
        Object.entries(value)
          .toReversed()
          .map(([key, part]) => [key, backwards(part)])
      )
    : value

const wholesale = (receipt: Document): ReadonlyArray<readonly [string, unknown]> => [
  ["a field of nobody's", { ...receipt, note: "paid" }],
  ["a field of nobody's in its usage", changed(receipt, ["usage", "discount"], () => "1")],
  [
    "signatures exchanged",
    { ...receipt, node_signature: receipt["plane_signature"], plane_signature: receipt["node_signature"] }
  ],
  ["keys exchanged", { ...receipt, node_key: receipt["plane_key"], plane_key: receipt["node_key"] }],
  ["another's key for the node", { ...receipt, node_key: stranger.publicKey }],
  [
    "payer and signer exchanged",
    changed(receipt, ["terms"], (terms) => {
      const { payer, payer_signer, ...rest } = terms as Document
      return { ...rest, payer: payer_signer, payer_signer: payer }
    })
  ],
  [
    "request and answer exchanged",
    changed(receipt, ["usage"], (usage) => {
      const { request_hash, response_hash, ...rest } = usage as Document
      return { ...rest, request_hash: response_hash, response_hash: request_hash }
    })
  ],
  [
    "tokens moved from prompt to completion",
    changed(receipt, ["usage"], (usage) => {
      const { completion_tokens, prompt_tokens, ...rest } = usage as {
        completion_tokens: number
        prompt_tokens: number
      }
      return { ...rest, prompt_tokens: prompt_tokens + 1, completion_tokens: completion_tokens - 1 }
    })
  ],
  [
    "id and attempt changed alike",
    changed(changed(receipt, ["id"], slightly(0)), ["usage", "attempt_id"], slightly(0))
  ],
  [
    "the digest taken for a part of the name",
    changed(receipt, ["usage"], (usage) => {
      const { model, model_digest = "0".repeat(64), ...rest } = usage as { model: string; model_digest?: string }
      return { ...rest, model: `${model}@${model_digest}` }
    })
  ],
  ["a list of it", [receipt]],
  ["its text", JSON.stringify(receipt)]
]

it(
  `of ${count} receipts with any field changed, added or taken away, none is taken for genuine`,
  () =>
    Effect.gen(function* () {
      const verifier = yield* Verifier
      // The reference takes a hundred times as long as all the rest: it sees fewer of them.
      const receipts = verifier.name === "native" ? count : count / 50
      const isGenuine = (document: unknown) => holds(verifyReceipt(verifier, document).findings)
      const taken: Array<string> = []
      for (let i = 0; i < receipts; i++) {
        const receipt: Document = { ...signed(yield* bill()) }
        if (!isGenuine(receipt) || !isGenuine(backwards(receipt)))
          taken.push(`none is genuine (seed ${seed}, receipt ${i})`)
        const refuse = (what: string, document: unknown) => {
          if (isGenuine(document)) taken.push(`${what}: ${JSON.stringify(document)} (seed ${seed}, receipt ${i})`)
        }
        for (const path of leaves(receipt)) {
          refuse(`${path.join(".")} changed`, changed(receipt, path, slightly(i)))
          refuse(
            `${path.join(".")} missing`,
            changed(receipt, path, () => undefined)
          )
        }
        for (const [what, document] of wholesale(receipt)) refuse(what, document)
      }
      expect(taken).toEqual([])
      expect([node.id, plane.id]).not.toContain(stranger.id)
    }).pipe(Effect.provide(Verifier.layer), Random.withSeed(seed)),
  { timeout: 300_000 }
)
