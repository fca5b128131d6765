/** `infernet service …`: a service of systemd or launchd that runs what `infernet start` does. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as ending from "../run/ending.ts"
import * as returning from "../run/returning.ts"
import { isHere } from "../run/words.ts"
import type { Manager } from "../service/Manager.ts"
import * as Service from "../service/Service.ts"
import { Tools } from "../service/Tools.ts"
import * as ConfigFile from "../settings/ConfigFile.ts"
import { find, names } from "../settings/known.ts"
import * as options from "../settings/options.ts"
import { told } from "../settings/origin.ts"
import { Failure } from "../terminal/exit.ts"
import { during } from "../terminal/progress.ts"
import { dim, green, row, yellow } from "../terminal/style.ts"

const launcher = Effect.promise(() => import("../network/launcher.ts"))

const notInstalled = () =>
  new Failure({ message: "there is no service of this home: make one with `infernet service install`" })

/** The manager, where the service is installed. */
const installed = Effect.gen(function* () {
  const { manager } = yield* Service.find()
  if (!(yield* Service.isInstalled(manager.path))) return yield* notInstalled()
  return manager
})

/** Settings of this shell that a service never sees. */
const onlyHere = Effect.gen(function* () {
  const contents = yield* ConfigFile.read((yield* Home).config)
  const all = yield* Effect.forEach(names, (name) => told(name, contents))
  return all
    .flatMap(Option.toArray)
    .filter(({ from, name }) => from === "environment" && find(name) !== undefined)
    .map(({ variable }) => variable)
})

const flagsOf = (given: Readonly<Record<string, Option.Option<string | number>>>): ReadonlyArray<string> =>
  Object.entries(given).flatMap(([flag, value]) => (Option.isSome(value) ? [flag, String(value.value)] : []))

const install = Command.make(
  "install",
  {
    controlPlane: options.controlPlaneFlag("Join this network as a node instead of running one"),
    ...options.listen,
    print: Flag.Boolean("print").pipe(Flag.withDescription("Print the file and do nothing"), Flag.withDefault(false))
  },
  Effect.fnUntraced(function* ({ controlPlane, host, port, print }) {
    const args = flagsOf({ "--control-plane": controlPlane, "--host": host, "--port": port })
    if (print) {
      const { manager, plan } = yield* Service.describe(args)
      return yield* Console.log(manager.text(plan).trimEnd())
    }
    const { manager, plan } = yield* Service.find(args)
    const infernet = yield* Effect.flatMap(launcher, ({ write }) => write)
    yield* Service.write(manager.path, manager.text(plan))
    yield* manager.enable
    yield* Console.log(row("installed", manager.path))
    const variables = yield* onlyHere
    if (variables.length > 0) {
      const text = `${variables.join(", ")}: set in this shell, which a service does not see. Use \`${infernet} config set\``
      yield* Console.log(row("settings", yellow(text)))
    }
    const hint = yield* manager.hint
    if (hint !== undefined) yield* Console.log(row("note", yellow(hint)))
    yield* Console.log(`\n  ${dim("It starts with this machine, or now:")}\n\n  ${infernet} service start\n`)
  })
).pipe(
  Command.withShortDescription("Make a service that starts with this machine"),
  Command.withDescription(
    "Make a service of this home that starts with this machine, or with the login of its user: of systemd or launchd,\n" +
      "  for root one of the whole machine. It is started again when it fails; a stop lets running jobs end first."
  ),
  Command.withExamples([
    { command: "infernet service install", description: "What `infernet start` does, with the settings of this home" },
    {
      command: "infernet service install --control-plane https://infernet.example",
      description: "A node of a network"
    },
    { command: "infernet service install --print", description: "Look at it first" }
  ])
)

const start = Command.make(
  "start",
  {},
  Effect.fnUntraced(function* () {
    const manager = yield* installed
    const { root } = yield* Home
    const here = yield* ending.current
    if (Option.isSome(here)) return yield* isHere(root, here.value)
    yield* manager.start
    const view = yield* Effect.mapError(
      returning.arrival(Effect.map(manager.state, ({ isRunning }) => isRunning)),
      ({ message }) => new Failure({ message: `${message}; see ${manager.log}` })
    )
    yield* Console.log(row("started", green(`pid ${view.pid}`)))
  })
).pipe(Command.withShortDescription("Start the service, and wait until it is ready"))

const stop = Command.make(
  "stop",
  {},
  Effect.fnUntraced(function* () {
    const manager = yield* installed
    yield* during("stopping", (seconds) => `running jobs end first (${seconds} s)`)(manager.stop)
    yield* Console.log(row("stopped", "it starts again with this machine, or by `infernet service start`"))
  })
).pipe(Command.withShortDescription("Stop the service, running jobs first"))

const rows = Effect.fnUntraced(function* (manager: Manager) {
  const { isEnabled, isRunning, words } = yield* manager.state
  yield* Console.log(row("service", `${manager.kind}, ${manager.path}`))
  yield* Console.log(row("state", isRunning ? green(words) : yellow(words)))
  yield* Console.log(row("starts", isEnabled ? "with this machine" : "when asked to"))
  yield* Console.log(row("log", manager.log))
  const hint = yield* manager.hint
  if (hint !== undefined) yield* Console.log(row("note", yellow(hint)))
})

const status = Command.make(
  "status",
  { json: options.json },
  Effect.fnUntraced(function* ({ json }) {
    const manager = yield* installed
    const state = yield* manager.state
    if (!json) return yield* rows(manager)
    const { isEnabled: enabled, isRunning: running, words } = state
    yield* Console.log(JSON.stringify({ manager: manager.kind, path: manager.path, running, enabled, state: words }))
  })
).pipe(
  Command.withShortDescription("Show whether the service runs and starts by itself"),
  Command.withDescription("Show what the service manager says. What the node itself does tells `infernet status`.")
)

const uninstall = Command.make(
  "uninstall",
  {},
  Effect.fnUntraced(function* () {
    const manager = yield* installed
    yield* remove(manager)
    yield* Console.log(row("removed", manager.path))
  })
).pipe(
  Command.withShortDescription("Stop the service and remove it"),
  Command.withDescription("Stop the service, running jobs first, and remove it. The home stays as it is.")
)

/** Stops it, running jobs first, and takes its file away. */
export const remove = Effect.fnUntraced(function* (manager: Manager) {
  yield* during("stopping", (seconds) => `running jobs end first (${seconds} s)`)(manager.disable)
  yield* Service.erase(manager.path)
  yield* manager.forget
})

export const service = Command.make("service").pipe(
  Command.withShortDescription("Run as a service of systemd or launchd"),
  Command.withDescription("A service of this home: started with this machine, and again when it fails."),
  Command.withSubcommands([install, start, stop, status, uninstall]),
  Command.withExamples([
    { command: "infernet service install", description: "Make it" },
    { command: "infernet service start", description: "Start it now" }
  ]),
  Command.provide(Tools.layer)
)
