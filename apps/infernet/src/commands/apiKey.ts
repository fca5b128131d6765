/** `infernet api-key …`: keys for clients, made over the home's own socket. */
import { ApiKeyId } from "@infernet/contract/Id"
import { Console, Effect, Option, Redacted, Schema } from "effect"
import { Argument, Command } from "effect/cli"
import { Local } from "../client/Local.ts"
import * as LocalKey from "../client/LocalKey.ts"
import * as options from "../settings/options.ts"
import { Failure } from "../terminal/exit.ts"
import { plain, table } from "../terminal/style.ts"

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("What the key is for, to recognise it in the list"),
      Argument.withDefault("unnamed")
    ),
    json: options.json
  },
  Effect.fn(function* ({ json, name }) {
    const local = yield* Local
    const created = yield* local.administer((admin) => admin.createApiKey({ payload: { name } }))
    yield* Console.log(json ? JSON.stringify(created) : created.key)
  })
).pipe(
  Command.withDescription("Make a key and print it: it is shown this once."),
  Command.withExamples([
    { command: "infernet api-key create laptop", description: "Prints only the key" },
    { command: 'export INFERNET_BEARER_TOKEN="$(infernet api-key create ci)"', description: "Into a variable" }
  ])
)

const list = Command.make(
  "list",
  { json: options.json },
  Effect.fn(function* ({ json }) {
    const local = yield* Local
    const { api_keys } = yield* local.administer((admin) => admin.listApiKeys())
    if (json) return yield* Console.log(JSON.stringify(api_keys))
    const rows = api_keys.map((key) => [
      key.id,
      plain(key.name),
      key.hint,
      key.created_at.slice(0, 10),
      key.revoked_at === null ? "active" : `revoked ${key.revoked_at.slice(0, 10)}`
    ])
    yield* Console.log(table([["ID", "NAME", "KEY", "CREATED", "STATE"], ...rows]))
  })
).pipe(Command.withDescription("List keys, without their secrets."))

const revoke = Command.make(
  "revoke",
  { id: Argument.String("id").pipe(Argument.withDescription("As `infernet api-key list` shows it: key_…")) },
  Effect.fn(function* ({ id }) {
    const known = Schema.decodeUnknownOption(ApiKeyId)(id)
    if (Option.isNone(known)) {
      return yield* new Failure({ message: `${plain(id)} is not a key's id: see \`infernet api-key list\``, code: 2 })
    }
    const local = yield* Local
    yield* local.administer((admin) => admin.revokeApiKey({ params: { id: known.value } }))
    yield* Console.log(`revoked ${id}`)
  })
).pipe(Command.withDescription("Make a key stop working at once."))

const showLocal = Command.make(
  "show-local",
  {},
  Effect.fn(function* () {
    const key = yield* LocalKey.read
    if (Option.isNone(key)) {
      return yield* new Failure({ message: "there is no local key yet: `infernet start` makes it" })
    }
    yield* Console.log(Redacted.value(key.value))
  })
).pipe(Command.withDescription("Print this machine's own key, which `infernet start` made."))

export const apiKey = Command.make("api-key").pipe(
  Command.withDescription("API keys of the control plane on this machine"),
  Command.withSubcommands([create, list, revoke, showLocal])
)
