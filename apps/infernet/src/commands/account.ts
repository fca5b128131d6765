/** `infernet account …`: who may ask this network, bring nodes to it, or run it. */
import { type AccountView, Role } from "@infernet/contract/Account"
import { Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import { Local } from "../client/Local.ts"
import * as options from "../settings/options.ts"
import * as values from "../settings/values.ts"
import { jsonText } from "../terminal/json.ts"
import { plain, row, table } from "../terminal/style.ts"
import { balance } from "./account/balance.ts"
import { credit, deposit } from "./account/give.ts"
import { ledger } from "./account/ledger.ts"
import { accountOf, whoArgument } from "./account/who.ts"
import { askedLimits, limitFlags, limitsText } from "./limitFlags.ts"

const roles = Role.literals
const told = ({ created_at, id, limits, name, role }: AccountView): string =>
  [
    row("account", id),
    row("name", plain(name)),
    row("role", role),
    row("limits", limitsText(limits)),
    row("created", created_at.slice(0, 10))
  ].join("\n")

const show = (account: AccountView, json: boolean) => Console.log(json ? jsonText(account) : told(account))

const create = Command.make(
  "create",
  {
    name: Argument.String("name").pipe(Argument.withDescription("Whose it is, to recognise it in the list")),
    role: Flag.Literals("role", roles).pipe(
      Flag.withDescription("client: asks; operator: brings nodes as well; admin: runs the network"),
      Flag.withDefault("client" as const)
    ),
    ...limitFlags,
    json: options.json
  },
  Effect.fn(function* ({ json, name, role, ...limits }) {
    const local = yield* Local
    const payload = { name, role, limits: askedLimits(limits) }
    const created = yield* local.administer((admin) => admin.createAccount({ payload }))
    yield* show(created, json)
    if (!json) yield* Console.log(`\n  Its first key: infernet api-key create NAME --account ${created.id}`)
  })
).pipe(
  Command.withDescription("Make an account."),
  Command.withExamples([
    { command: "infernet account create alice", description: "Somebody who asks" },
    { command: "infernet account create farm --role operator", description: "Somebody who brings nodes" }
  ])
)

const list = Command.make(
  "list",
  { json: options.json },
  Effect.fn(function* ({ json }) {
    const local = yield* Local
    const { accounts } = yield* local.administer((admin) => admin.listAccounts())
    if (json) return yield* Console.log(jsonText(accounts))
    const rows = accounts.map(({ id, limits, name, role }) => [id, plain(name), role, limitsText(limits)])
    yield* Console.log(table([["ID", "NAME", "ROLE", "LIMITS"], ...rows]))
  })
).pipe(
  Command.withDescription("List accounts."),
  Command.withExamples([
    {
      command: "infernet account list --json | jq -r '.[] | select(.role == \"operator\") | .name'",
      description: "For programs"
    }
  ])
)

const showOne = Command.make(
  "show",
  { who: whoArgument, json: options.json },
  Effect.fn(function* ({ json, who }) {
    yield* show(yield* accountOf(who), json)
  })
).pipe(
  Command.withDescription("Show an account. `infernet api-key list --account` shows its keys."),
  Command.withExamples([
    { command: "infernet account show alice", description: "By its name" },
    { command: "infernet account show alice --json | jq .limits", description: "For programs" }
  ])
)

const change = Command.make(
  "change",
  {
    who: whoArgument,
    name: options.flag("name", "<name>", "Another name", values.name),
    role: Flag.Literals("role", roles).pipe(Flag.withDescription("Another role"), Flag.optional),
    ...limitFlags,
    json: options.json
  },
  Effect.fn(function* ({ json, name, role, who, ...limits }) {
    const { id } = yield* accountOf(who)
    const payload = {
      ...(Option.isSome(name) && { name: name.value }),
      ...(Option.isSome(role) && { role: role.value }),
      limits: askedLimits(limits)
    }
    const local = yield* Local
    yield* show(yield* local.administer((admin) => admin.changeAccount({ params: { id }, payload })), json)
  })
).pipe(
  Command.withDescription("Change an account's name, role or limits: they count within a second."),
  Command.withExamples([
    { command: "infernet account change alice --role operator", description: "Let them bring nodes as well" },
    { command: "infernet account change alice --requests-per-minute 120 --concurrency 0", description: "Other limits" }
  ])
)

export const account = Command.make("account").pipe(
  Command.withShortDescription("Who may ask this network, bring nodes, or run it"),
  Command.withDescription("Accounts of the control plane on this machine."),
  Command.withSubcommands([create, list, showOne, change, balance, deposit, credit, ledger])
)
