/** `infernet api-key …`: keys for clients, made over the home's own socket. */
import { ApiKeyId } from "@infernet/contract/Id"
import type { ApiKeyView } from "@infernet/contract/Account"
import { Console, DateTime, Duration, Effect, Option, Redacted, Schema } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Local } from "../client/Local.ts"
import * as LocalKey from "../client/LocalKey.ts"
import * as options from "../settings/options.ts"
import * as values from "../settings/values.ts"
import { Failure } from "../terminal/exit.ts"
import { jsonText } from "../terminal/json.ts"
import { plain, table } from "../terminal/style.ts"
import { accountOf } from "./account/who.ts"
import { askedLimits, limitFlags, limitsText } from "./limitFlags.ts"

const accountFlag = Flag.String("account").pipe(
  Flag.withMetavar("<account>"),
  Flag.withDescription("Whose key, by the account's id or name; the administrator's without it"),
  Flag.optional
)

const after = (span: string) =>
  Effect.map(DateTime.now, (now) =>
    DateTime.addDuration(
      now,
      Option.getOrElse(Duration.fromInput(span as Duration.Input), () => Duration.zero)
    )
  )

const listOf = (names: string) =>
  names
    .split(",")
    .map((name) => name.trim())
    .filter((name) => name !== "")

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(
      Argument.withDescription("What the key is for, to recognise it in the list"),
      Argument.withDefault("unnamed")
    ),
    account: accountFlag,
    expires: options.flag("expires", "<time>", "After how long it is refused, such as 30 days", values.span),
    models: options.flag("models", "<names>", "The only models that it may ask for, separated by commas", values.text),
    ...limitFlags,
    json: options.json
  },
  Effect.fn(function* ({ account, expires, json, models, name, ...limits }) {
    const local = yield* Local
    const payload = {
      name,
      limits: askedLimits(limits),
      ...(Option.isSome(account) && { account_id: (yield* accountOf(account.value)).id }),
      ...(Option.isSome(expires) && { expires_at: yield* after(expires.value) }),
      ...(Option.isSome(models) && { models: listOf(models.value) })
    }
    const created = yield* local.administer((admin) => admin.createApiKey({ payload }))
    yield* Console.log(json ? jsonText(created) : created.key)
  })
).pipe(
  Command.withDescription("Make a key and print it: it is shown this once."),
  Command.withExamples([
    { command: "infernet api-key create laptop", description: "Prints only the key" },
    { command: "infernet api-key create app --account alice --models qwen3:8b --expires '30 days'", description: "" },
    { command: 'export INFERNET_BEARER_TOKEN="$(infernet api-key create ci)"', description: "Into a variable" }
  ])
)

const stateOf = ({ expires_at, revoked_at }: ApiKeyView, now: DateTime.Utc): string => {
  if (revoked_at !== null) return `revoked ${revoked_at.slice(0, 10)}`
  if (expires_at === null) return "active"
  const isOver = DateTime.isLessThanOrEqualTo(DateTime.makeUnsafe(expires_at), now)
  return isOver ? `expired ${expires_at.slice(0, 10)}` : `active until ${expires_at.slice(0, 10)}`
}

const list = Command.make(
  "list",
  {
    account: accountFlag.pipe(Flag.withDescription("Only those of this account, by its id or name")),
    json: options.json
  },
  Effect.fn(function* ({ account, json }) {
    const local = yield* Local
    const query = Option.isSome(account) ? { account_id: (yield* accountOf(account.value)).id } : {}
    const { api_keys } = yield* local.administer((admin) => admin.listApiKeys({ query }))
    if (json) return yield* Console.log(jsonText(api_keys))
    const now = yield* DateTime.now
    const rows = api_keys.map((key) => [
      key.id,
      plain(key.name),
      key.hint,
      key.models === null ? limitsText(key.limits) : `${limitsText(key.limits)}; ${plain(key.models.join(", "))}`,
      key.last_used_at?.slice(0, 10) ?? "never",
      stateOf(key, now)
    ])
    yield* Console.log(table([["ID", "NAME", "KEY", "MAY", "LAST USED", "STATE"], ...rows]))
  })
).pipe(
  Command.withDescription("List keys, newest first, without their secrets."),
  Command.withExamples([{ command: "infernet api-key list --account alice", description: "Those of one account" }])
)

const revoke = Command.make(
  "revoke",
  {
    id: Argument.String("id").pipe(Argument.withDescription("As `infernet api-key list` shows it: key_…")),
    json: options.json
  },
  Effect.fn(function* ({ id, json }) {
    const known = Schema.decodeUnknownOption(ApiKeyId)(id)
    if (Option.isNone(known)) {
      return yield* new Failure({ message: `${plain(id)} is not a key's id: see \`infernet api-key list\``, code: 2 })
    }
    const local = yield* Local
    const revoked = yield* local.administer((admin) => admin.revokeApiKey({ params: { id: known.value } }))
    yield* Console.log(json ? jsonText(revoked) : `revoked ${id}`)
  })
).pipe(
  Command.withDescription("Make a key stop working at once."),
  Command.withExamples([{ command: "infernet api-key revoke key_…", description: "As the list shows it" }])
)

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
).pipe(
  Command.withDescription("Print this machine's own key, which `infernet start` made."),
  Command.withExamples([
    {
      command: 'curl http://127.0.0.1:46337/v1/models -H "Authorization: Bearer $(infernet api-key show-local)"',
      description: "Ask with it"
    }
  ])
)

export const apiKey = Command.make("api-key").pipe(
  Command.withDescription("API keys of the control plane on this machine"),
  Command.withSubcommands([create, list, revoke, showLocal])
)
