/** Receipts as people have them: in a file, piped in, in this home, or at a control plane. */
import { ControlPlaneId, ReceiptId } from "@infernet/contract/Id"
import { Claims } from "@infernet/daemon/receipt/Claims"
import { Home } from "@infernet/platform/Home"
import { Context, Effect, FileSystem, Layer, Option, Schema, Stdio, Stream } from "effect"
import { HttpClientRequest } from "effect/http"
import { join } from "node:path"
import * as api from "../../client/api.ts"
import * as Target from "../../client/Target.ts"
import { Failure } from "../../terminal/exit.ts"

const bytesLimit = 64 * 1024 * 1024
const most = 100_000

const tooMuch = () => new Failure({ message: "that is over 64 MiB: verify it in parts" })

const parse = (text: string): Option.Option<unknown> => {
  try {
    return Option.some(JSON.parse(text))
  } catch {
    return Option.none()
  }
}

/** What other commands and the API put around receipts is taken off. */
const unwrapped = (value: unknown): ReadonlyArray<unknown> => {
  if (Array.isArray(value)) return value.flatMap(unwrapped)
  if (typeof value !== "object" || value === null) return [value]
  if ("cprs" in value && Array.isArray(value.cprs)) return value.cprs.flatMap(unwrapped)
  return "receipt" in value ? [value.receipt] : [value]
}

const lines = Effect.fnUntraced(function* (text: string) {
  const documents: Array<unknown> = []
  for (const [i, line] of text.split("\n").entries()) {
    if (line.trim() === "") continue
    const value = parse(line)
    if (Option.isNone(value)) return yield* new Failure({ message: `line ${i + 1} is not JSON` })
    documents.push(value.value)
  }
  return documents
})

/** One receipt, an array of them, or one a line. */
export const read = Effect.fnUntraced(function* (text: string) {
  const whole = parse(text)
  const documents = unwrapped(Option.isSome(whole) ? whole.value : yield* lines(text))
  if (documents.length === 0) return yield* new Failure({ message: "there is no receipt in it" })
  if (documents.length <= most) return documents
  return yield* new Failure({
    message: `these are ${documents.length} receipts, more than ${most}: verify them in parts`
  })
})

const piped = Effect.gen(function* () {
  const stdio = yield* Stdio.Stdio
  let bytes = 0
  const chunks = yield* stdio.stdin.pipe(
    Stream.takeUntil((chunk) => (bytes += chunk.length) > bytesLimit),
    Stream.runCollect,
    Effect.mapError(() => new Failure({ message: "standard input could not be read" }))
  )
  return bytes > bytesLimit ? yield* tooMuch() : Buffer.concat([...chunks]).toString("utf8")
})

const inFile = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const missing = `${path} is neither a file nor the id of a receipt (cpr_ and 20 characters)`
  const { size } = yield* Effect.catchReason(fs.stat(path), "PlatformError", "NotFound", () =>
    Effect.fail(new Failure({ message: missing, code: 2 }))
  )
  return size > bytesLimit ? yield* tooMuch() : yield* fs.readFileString(path)
})

/** Of this home's node, where that has it from both sides. */
const inHome = Effect.fnUntraced(function* (id: ReceiptId) {
  const folder = join((yield* Home).root, "receipts")
  const claims = Context.get(yield* Layer.build(Claims.layerFolder(folder)), Claims)
  const found = Option.getOrUndefined(yield* claims.find(id))
  if (found?.state === "disputed") {
    return yield* new Failure({ message: `this node has disputed ${id}, so there is no receipt: ${found.reason}` })
  }
  return found?.state === "countersigned" ? Option.some<unknown>(found.receipt) : Option.none()
}, Effect.scoped)

const Answer = Schema.Struct({ status: Schema.String, receipt: Schema.optionalKey(Schema.Unknown) })

const elsewhere = Effect.fnUntraced(function* (id: ReceiptId, url: Option.Option<string>) {
  const target = yield* Target.find(url)
  const response = yield* api.send(target, HttpClientRequest.get(`/api/v1/cprs/${id}`))
  const { receipt, status } = yield* api.decode(Answer)(response)
  if (receipt !== undefined) return receipt
  const message = `${id} is ${status} and not signed by both sides, so there is no receipt to verify`
  return yield* new Failure({ message })
})

const Info = Schema.Struct({ control_plane_id: ControlPlaneId })

/** Which control plane answers at an address: who names the address means that one. */
export const planeAt = Effect.fnUntraced(function* (url: string) {
  const target = yield* Target.find(Option.some(url))
  const response = yield* api.send(target, HttpClientRequest.get("/api/v1/info"))
  return (yield* api.decode(Info)(response)).control_plane_id
})

/** What is meant by `<id|file|->`; a receipt that is not in this home comes from the control plane. */
export const find = Effect.fnUntraced(function* (what: string, url: Option.Option<string>) {
  if (what === "-") return yield* Effect.flatMap(piped, read)
  if (!Schema.is(ReceiptId)(what)) return yield* Effect.flatMap(inFile(what), read)
  const kept = yield* inHome(what)
  return [Option.isSome(kept) ? kept.value : yield* elsewhere(what, url)]
})
