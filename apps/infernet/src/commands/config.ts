/** `infernet config …`: the settings in `config.json`, and what they come to with the environment. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option } from "effect"
import { Argument, Command, Flag } from "effect/cli"
import * as ConfigFile from "../settings/ConfigFile.ts"
import { find, names } from "../settings/known.ts"
import * as options from "../settings/options.ts"
import { type Told, told } from "../settings/origin.ts"
import { Failure } from "../terminal/exit.ts"
import { nearest } from "../terminal/nearest.ts"
import { columnsAfter, dim, fit, green, plain, row, table } from "../terminal/style.ts"

const nameArgument = Argument.String("name").pipe(Argument.withDescription("As `infernet config list` shows it"))

const contents = Effect.flatMap(Home, ({ config }) => ConfigFile.read(config))

const known = Effect.fnUntraced(function* (name: string) {
  const setting = find(name)
  if (setting !== undefined) return setting
  const meant = nearest(name, names)
  const hint = meant === undefined ? "see `infernet config list`" : `did you mean ${meant}?`
  return yield* new Failure({ message: `there is no setting ${plain(name)}: ${hint}`, code: 2 })
})

const one = Effect.fnUntraced(function* (name: string) {
  yield* known(name)
  return Option.getOrThrow(yield* told(name, yield* contents))
})

const shown = ({ isSecret, text }: Told): string => (text === undefined ? "–" : isSecret ? "(hidden)" : plain(text))

const jsonOf = ({ about, from, isSecret, name, text, variable }: Told) => ({
  name,
  value: isSecret ? null : (text ?? null),
  set: from !== "default",
  from,
  variable,
  secret: isSecret,
  about
})

const get = Command.make(
  "get",
  {
    name: nameArgument,
    showSecret: Flag.Boolean("show-secret").pipe(
      Flag.withDescription("Print it also where it is a secret"),
      Flag.withDefault(false)
    ),
    json: options.json
  },
  Effect.fnUntraced(function* ({ json, name, showSecret }) {
    const it = yield* one(name)
    const open = { ...it, isSecret: it.isSecret && !showSecret }
    if (json) return yield* Console.log(JSON.stringify(jsonOf(open)))
    if (it.text === undefined) return yield* new Failure({ message: `${name} is not set` })
    if (open.isSecret) return yield* new Failure({ message: `${name} is a secret: add --show-secret to print it` })
    yield* Console.log(plain(it.text))
  })
).pipe(
  Command.withDescription(
    "Print what a setting is now: what the environment says, else the file, else what is usual. Exits 1 when it is not set."
  ),
  Command.withExamples([
    { command: "infernet config get node_name", description: "One of them" },
    { command: "infernet config get bearer_token --show-secret", description: "Also where it is a secret" }
  ])
)

const widest = { value: 36 }

const rowOf = (it: Told): ReadonlyArray<string> => [
  it.name,
  fit(shown(it), widest.value),
  it.from === "environment" ? it.variable : it.from
]

const list = Command.make(
  "list",
  { json: options.json },
  Effect.fnUntraced(function* ({ json }) {
    const file = yield* contents
    const all = (yield* Effect.forEach(names, (name) => told(name, file))).flatMap((found) => Option.toArray(found))
    if (json) return yield* Console.log(JSON.stringify(all.map(jsonOf)))
    const rows = [["NAME", "VALUE", "FROM"], ...all.map(rowOf)]
    const left = [0, 1, 2].reduce(
      (sum, column) => sum + 2 + Math.max(...rows.map((cells) => cells[column]?.length ?? 0)),
      0
    )
    const room = columnsAfter(left)
    const abouts = ["ABOUT", ...all.map(({ about }) => about)]
    // What would not fit beside them is told by --json and by `config set`'s help.
    const isWide = room >= Math.max(...abouts.map(({ length }) => length))
    yield* Console.log(table(isWide ? rows.map((cells, line) => [...cells, abouts[line] ?? ""]) : rows))
    yield* Console.log(`\n${dim("A flag counts over all of these, for its own run.")}`)
  })
).pipe(
  Command.withDescription(
    "List every setting: what it is now, and whether the environment, the file or nobody says so. Secrets are hidden."
  ),
  Command.withExamples([
    { command: "infernet config list --json | jq '.[] | select(.set)'", description: "What is not as usual" }
  ])
)

const runsAt = "It counts from the next start on."

const set = Command.make(
  "set",
  {
    name: nameArgument,
    value: Argument.String("value").pipe(Argument.withDescription("What it is to be; lists with commas")),
    json: options.json
  },
  Effect.fnUntraced(function* ({ json, name, value }) {
    const { config } = yield* Home
    const setting = yield* known(name)
    const parsed = setting.value.parse(value)
    if (Option.isNone(parsed)) {
      const got = setting.secret === true ? "" : `, got "${plain(value)}"`
      return yield* new Failure({ message: `${name}: expected ${setting.value.expected}${got}`, code: 2 })
    }
    yield* ConfigFile.write(config, { [name]: parsed.value })
    const now = yield* one(name)
    if (json) {
      const shown = setting.secret === true ? null : parsed.value
      return yield* Console.log(JSON.stringify({ name, value: shown, counts: now.from !== "environment" }))
    }
    yield* Console.log(
      row("set", `${green(name)} ${setting.secret === true ? "" : plain(String(parsed.value))}`.trimEnd())
    )
    yield* Console.log(
      now.from === "environment"
        ? row("but", `${setting.variable} is set in this environment and counts over it`)
        : row("", dim(runsAt))
    )
  })
).pipe(
  Command.withDescription("Write a setting to the file. Nothing is written when the value is not what it has to be."),
  Command.withExamples([
    { command: "infernet config set port 8080", description: "Another port" },
    { command: "infernet config set control_plane https://infernet.example", description: "Another network" }
  ])
)

const unset = Command.make(
  "unset",
  { name: nameArgument, json: options.json },
  Effect.fnUntraced(function* ({ json, name }) {
    const { config } = yield* Home
    yield* known(name)
    if ((yield* contents).texts[name] === undefined) {
      if (json) return yield* Console.log(JSON.stringify({ name, removed: false }))
      return yield* Console.log(row("unset", `${name} was not in the file`))
    }
    yield* ConfigFile.write(config, { [name]: undefined })
    if (json) return yield* Console.log(JSON.stringify({ name, removed: true }))
    const { from, text, variable } = yield* one(name)
    const left = from === "environment" ? `${variable} still says it` : text === undefined ? "" : `it is ${text} again`
    yield* Console.log(row("unset", `${green(name)}  ${dim(left)}`.trimEnd()))
  })
).pipe(
  Command.withDescription("Take a setting out of the file."),
  Command.withExamples([{ command: "infernet config unset control_plane", description: "A network of its own again" }])
)

const path = Command.make(
  "path",
  { json: options.json },
  Effect.fnUntraced(function* ({ json }) {
    const { config } = yield* Home
    yield* Console.log(json ? JSON.stringify({ path: config }) : config)
  })
).pipe(Command.withDescription("Print where the file is, or would be."))

export const config = Command.make("config").pipe(
  Command.withShortDescription("Read and change settings"),
  Command.withDescription(
    "Settings of this home. A flag counts over the environment, and that over config.json, which these commands change."
  ),
  Command.withSubcommands([list, get, set, unset, path]),
  Command.withExamples([
    { command: "infernet config list", description: "All of them, and where each comes from" },
    { command: "infernet config set node_name attic", description: "Change one" }
  ])
)
