/** `infernet receipt verify`: whether receipts are genuine, checked here by their signatures and by nobody's word. */
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { ControlPlaneId } from "@infernet/contract/Id"
import { PublicKey } from "@infernet/contract/PublicKey"
import { holds } from "@infernet/payment/receipt/Finding"
import { together } from "@infernet/payment/receipt/together"
import { type Expectations, verifyReceipt } from "@infernet/payment/receipt/verify"
import { Home } from "@infernet/platform/Home"
import { Clock, Console, Effect, FileSystem, Option, Schema } from "effect"
import { Argument, Command } from "effect/cli"
import { join } from "node:path"
import * as Keys from "../../keys/Keys.ts"
import * as options from "../../settings/options.ts"
import type { Value } from "../../settings/values.ts"
import * as values from "../../settings/values.ts"
import { Failure } from "../../terminal/exit.ts"
import * as documents from "./documents.ts"
import * as findings from "./findings.ts"

const isId = Schema.is(ControlPlaneId)

const plane: Value<string> = {
  expected: "a control plane's id (0x and 40 hexadecimal digits), or its address",
  parse: (text) => (isId(text.toLowerCase()) ? Option.some(text.toLowerCase()) : values.url.parse(text))
}

const key: Value<PublicKey> = {
  expected: "a public key of 33 bytes in hexadecimal",
  parse: (text) => Schema.decodeUnknownOption(PublicKey)(text.toLowerCase())
}

/** The control plane that this home has joined, or that it is itself. */
const ours = Effect.gen(function* () {
  const fs = yield* FileSystem.FileSystem
  const pinned = yield* Effect.option(fs.readFileString(join((yield* Home).keys, "control-plane.pin")))
  const id = Option.map(pinned, (text) => text.trim()).pipe(Option.filter(isId))
  if (Option.isSome(id)) return id
  return Option.flatMap(yield* Keys.find("control-plane"), ({ id }) => Option.filter(Option.fromUndefinedOr(id), isId))
})

const named = (idOrUrl: string) => Effect.asSome(isId(idOrUrl) ? Effect.succeed(idOrUrl) : documents.planeAt(idOrUrl))

export interface Asked {
  readonly what: string
  readonly controlPlane: Option.Option<string>
  readonly nodeKey: Option.Option<PublicKey>
  readonly json: boolean
}

/** Verifies what is meant by `what` and says so; fails unless all of it is genuine. */
export const run = Effect.fnUntraced(function* ({ controlPlane, json, nodeKey, what }: Asked) {
  const url = Option.filter(controlPlane, (text) => !isId(text))
  const found = yield* documents.find(what, yield* options.controlPlane(url))
  const expected: Expectations = {
    controlPlane: Option.getOrUndefined(yield* Option.isSome(controlPlane) ? named(controlPlane.value) : ours),
    nodeKey: Option.getOrUndefined(nodeKey),
    now: Math.floor((yield* Clock.currentTimeMillis) / 1000)
  }
  const verifier = yield* Verifier
  const verdicts = found.map((document) => verifyReceipt(verifier, document, expected))
  const genuine = verdicts.flatMap(({ findings, receipt }) => (receipt && holds(findings) ? [receipt] : []))
  const outcome = { verdicts, together: together(genuine) }
  yield* Console.log(json ? JSON.stringify(findings.json(outcome)) : findings.text(outcome))
  const message = findings.objection(outcome)
  if (message !== undefined) return yield* new Failure({ message })
}, Effect.provide(Verifier.layer))

export const verify = Command.make(
  "verify",
  {
    what: Argument.String("receipt").pipe(
      Argument.withDescription("Its id, a file with receipts, or - for those piped in: one, an array, or one a line")
    ),
    controlPlane: options.flag(
      "control-plane",
      "<id|url>",
      "Whose countersignature it must be, or where to fetch a receipt that is not in this home",
      plane
    ),
    nodeKey: options.flag("node-key", "<key>", "Public key of the node, where it is not the first one it had", key),
    json: options.json
  },
  run
).pipe(
  Command.withShortDescription("Check signatures, amount and sums of receipts, offline"),
  Command.withDescription(
    "Verify receipts from what stands in them and public keys alone: both signatures, whose keys they are, that tokens\n" +
      "  times price is the amount, and, of several, that numbers, sums and segments go together. It must be known\n" +
      "  who should have countersigned: --control-plane <id>, else the one that this home has joined. Exits with 1 unless\n" +
      "  all are genuine."
  ),
  Command.withExamples([
    { command: "infernet receipt verify cpr_0001abcd2efgh3jkmnpq", description: "One of this home or of your jobs" },
    { command: "infernet receipt verify - --control-plane 0x1f3a… < receipts.jsonl", description: "Many, one a line" }
  ])
)
