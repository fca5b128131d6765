/** `infernet keys …`: the keys of this home, which never leave it unless somebody who is asked says so. */
import * as refused from "@infernet/platform/refused"
import { Console, Effect, Option, Redacted } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { writeFileSync } from "node:fs"
import { type Key, all, find, type KeyName, names, purposes, secret } from "../keys/Keys.ts"
import * as options from "../settings/options.ts"
import { canAsk, confirm } from "../terminal/ask.ts"
import { Failure } from "../terminal/exit.ts"
import { rotate } from "./keys/rotate.ts"
import { run as verifyReceipt } from "./receipt/verify.ts"
import { green, plain, red, row, table } from "../terminal/style.ts"

const jsonOf = ({ createdAt, id, mode, name, path, problem, publicKey, state, until }: Key) => ({
  name,
  state,
  purpose: purposes[name],
  id: id ?? null,
  public_key: publicKey ?? null,
  path,
  mode,
  created_at: createdAt,
  ...(until !== undefined && { receipts_until: until }),
  problem: problem ?? null
})

const title = ({ name, state }: Key): string => (state === "current" ? name : `${name}, ${state}`)

/** What a key is there for besides the one that counts. */
const notesOf = ({ state, until = "" }: Key): ReadonlyArray<string> => {
  if (state === "waiting")
    return ["The one that waits may be the node's already: `infernet keys rotate` goes on with it."]
  const time = until.slice(0, 16).replace("T", " ")
  return state === "old"
    ? [`The old one may sign receipts of what was pending until ${time} UTC, and nothing else.`]
    : []
}

const makes = "`infernet setup` or `infernet start` makes it"

const list = Command.make(
  "list",
  { json: options.json },
  Effect.fnUntraced(function* ({ json }) {
    const keys = yield* all
    if (json) return yield* Console.log(JSON.stringify(keys.map(jsonOf)))
    if (keys.length === 0) return yield* Console.log(`There is no key yet: ${makes}.`)
    const rows = keys.map((key) => [title(key), key.id ?? "cannot be used", key.mode, key.createdAt.slice(0, 10)])
    yield* Console.log(table([["KEY", "OF", "MODE", "CREATED"], ...rows]))
    yield* Console.log(`\n${table([["KEY", "FILE"], ...keys.map((key) => [title(key), plain(key.path)])])}`)
    const notes = keys.flatMap(notesOf)
    if (notes.length > 0) yield* Console.log(`\n${notes.join("\n")}`)
  })
).pipe(
  Command.withDescription("List the keys of this home, without their secrets."),
  Command.withExamples([
    { command: "infernet keys list --json | jq -r '.[0].id'", description: "The node's id, for programs" }
  ])
)

const nameArgument = Argument.Literals("key", names).pipe(
  Argument.withDescription(names.map((name) => `${name}: ${purposes[name]}`).join("; ")),
  Argument.withDefault("node" satisfies KeyName as KeyName)
)

const makesGateway = "`infernet control-plane --payments` with a chain's name makes it"

/** What makes each of them. */
const maker: Readonly<Record<KeyName, string>> = {
  node: makes,
  "control-plane": "`infernet start` without a network to join, or `infernet control-plane`, makes it",
  client: "`infernet start` makes it for a network of its own",
  operator: "`infernet payout --set-address` makes it, and `infernet start --payments local`",
  gateway: makesGateway,
  "gateway-session": makesGateway,
  treasury: "`infernet start --payments local` makes it"
}

const usable = Effect.fnUntraced(function* (name: KeyName) {
  const found = yield* find(name)
  if (Option.isNone(found))
    return yield* new Failure({ message: `there is no ${name} key in this home: ${maker[name]}` })
  const { problem } = found.value
  return problem === undefined ? found.value : yield* new Failure({ message: problem })
})

const publicPart = ({ id, name, publicKey }: Key) =>
  publicKey === undefined
    ? Effect.fail(new Failure({ message: `the ${name} key has no public part: it is a secret as a whole`, code: 2 }))
    : Effect.succeed({ address: id ?? "", public_key: publicKey })

interface Consent {
  readonly printSecret: boolean
  readonly yes: boolean
}

/** A terminal keeps what it shows, and others may look at it: a secret is for a file or a pipe. */
const mayExport = Effect.fnUntraced(function* (name: KeyName, { printSecret, yes }: Consent) {
  if (process.stdout.isTTY && !printSecret) {
    const file = `infernet keys export ${name} --yes > FILE`
    const message = `a secret is not shown on a terminal: send it to a file (${file}), or add --print-secret`
    return yield* new Failure({ message, code: 2 })
  }
  if (yes) return
  if (!canAsk()) {
    return yield* new Failure({ message: `nobody can be asked whether the ${name} key may leave: add --yes`, code: 2 })
  }
  const who = name === "client" ? "can ask in your name" : "is this machine to the network"
  if (!(yield* confirm(`Whoever has this key ${who}. Print it?`, false))) {
    return yield* new Failure({ message: "nothing was printed" })
  }
})

/** The console passes over a full disk, and an empty file would count as a backup. */
const printed = (text: string) =>
  Effect.try({
    try: () => writeFileSync(1, `${text}\n`),
    catch: (error) => new Failure({ message: `the key was not written whole: ${refused.why(error)}` })
  })

const exportKey = Command.make(
  "export",
  {
    name: nameArgument,
    public: Flag.Boolean("public").pipe(
      Flag.withDescription("Only the address and the public key, which everybody may know"),
      Flag.withDefault(false)
    ),
    printSecret: Flag.Boolean("print-secret").pipe(
      Flag.withDescription("Print the secret also on a terminal"),
      Flag.withDefault(false)
    ),
    yes: options.yes,
    json: options.json
  },
  Effect.fnUntraced(function* ({ json, name, public: onlyPublic, ...consent }) {
    const key = yield* usable(name)
    if (onlyPublic) {
      const part = yield* publicPart(key)
      return yield* Console.log(
        json ? JSON.stringify(part) : `${row("address", part.address)}\n${row("public", part.public_key)}`
      )
    }
    yield* mayExport(name, consent)
    const text = Redacted.value(
      yield* Effect.mapError(secret(key), () => new Failure({ message: `${key.path} cannot be read` }))
    )
    // A file may have a second line, which is the id.
    const [digits] = text.split("\n")
    yield* printed(json ? JSON.stringify({ name, id: key.id, secret: digits }) : text)
  })
).pipe(
  Command.withDescription(
    "Print a key for a backup: the secret, in hexadecimal, to a file or a pipe. It goes back into keys/<name>.key, mode\n" +
      "  0600, of another home. --public prints what everybody may know."
  ),
  Command.withExamples([
    { command: "infernet keys export --public", description: "This node's address and public key" },
    { command: "(umask 077; infernet keys export node --yes > node.key.backup)", description: "A backup" }
  ])
)

const verify = Command.make(
  "verify",
  {
    receipt: Argument.String("receipt").pipe(
      Argument.withDescription("A receipt to verify instead, as `infernet receipt verify` does: cpr_…"),
      Argument.optional
    ),
    json: options.json
  },
  Effect.fnUntraced(function* ({ json, receipt }) {
    if (Option.isSome(receipt)) {
      return yield* verifyReceipt({ what: receipt.value, controlPlane: Option.none(), nodeKey: Option.none(), json })
    }
    const keys = yield* all
    if (keys.length === 0) return yield* new Failure({ message: `there is no key in this home yet: ${makes}` })
    const bad = keys.filter(({ problem }) => problem !== undefined)
    if (json) yield* Console.log(JSON.stringify({ ok: bad.length === 0, keys: keys.map(jsonOf) }))
    else {
      const lines = keys.map((key) =>
        key.problem === undefined
          ? `${green("[OK]  ")}  ${title(key).padEnd(13)}  ${key.id ?? ""}, mode ${key.mode}`
          : `${red("[FAIL]")}  ${title(key).padEnd(13)}  ${plain(key.problem)}`
      )
      yield* Console.log(lines.join("\n"))
    }
    if (bad.length > 0) return yield* new Failure({ message: `${bad.length} of ${keys.length} keys cannot be used` })
  })
).pipe(
  Command.withDescription(
    "Check that each key of this home is whole and can be read by its owner alone; or that a receipt carries the\n" +
      "  signatures of its node and of the control plane. Exits 1 when something is not as it should be."
  ),
  Command.withExamples([
    { command: "infernet keys verify && echo whole", description: "In a script" },
    { command: "infernet keys verify cpr_0001abcd2efgh3jkmnpq", description: "A receipt, by the keys that signed it" }
  ])
)

export const keys = Command.make("keys").pipe(
  Command.withShortDescription("Show, check, change and back up the keys of this home"),
  Command.withDescription("The keys of this home: a node's and a control plane's identity, and its client's API key."),
  Command.withSubcommands([list, rotate, exportKey, verify])
)
