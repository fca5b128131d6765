/** The command line: a list of commands over the services they share. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Layer } from "effect"
import { Command } from "effect/cli"
import * as Http from "./client/Http.ts"
import { Local } from "./client/Local.ts"
import { account } from "./commands/account.ts"
import { apiKey } from "./commands/apiKey.ts"
import { backend } from "./commands/backend.ts"
import { backends } from "./commands/backends.ts"
import { chain } from "./commands/chain.ts"
import { chat } from "./commands/chat.ts"
import { command } from "./commands/command.ts"
import { completing, type Root } from "./commands/completions.ts"
import { config } from "./commands/config.ts"
import { controlPlane } from "./commands/controlPlane.ts"
import { dashboard } from "./commands/dashboard.ts"
import { doctor } from "./commands/doctor.ts"
import { keys } from "./commands/keys.ts"
import { linkCode } from "./commands/linkCode.ts"
import { logs } from "./commands/logs.ts"
import { model } from "./commands/model.ts"
import { node } from "./commands/node.ts"
import { payout } from "./commands/payout.ts"
import { payments } from "./commands/payments.ts"
import { receipt } from "./commands/receipt.ts"
import { remove } from "./commands/remove.ts"
import { restart } from "./commands/restart.ts"
import { setup } from "./commands/setup.ts"
import { service } from "./commands/service.ts"
import { start } from "./commands/start.ts"
import { status } from "./commands/status.ts"
import { stop } from "./commands/stop.ts"
import { tui } from "./commands/tui.ts"
import { upgrade } from "./commands/upgrade.ts"
import * as ConfigFile from "./settings/ConfigFile.ts"
import { Failure, report } from "./terminal/exit.ts"
import { nearest } from "./terminal/nearest.ts"
import { toldOfFullDisks } from "./terminal/output.ts"
import * as presenter from "./terminal/presenter.ts"
import { version } from "./version.ts"

const subcommands = [
  setup,
  start,
  stop,
  restart,
  chat,
  status,
  doctor,
  logs,
  tui,
  dashboard,
  model,
  backends,
  backend,
  account,
  apiKey,
  controlPlane,
  chain,
  node,
  command,
  payments,
  receipt,
  payout,
  linkCode,
  config,
  keys,
  service,
  upgrade,
  remove,
  completing((): Root => infernet)
] as const

const names = subcommands.map(({ name }) => name)
const isName: (word: string) => boolean = (word) => names.some((name) => name === word)

/** `infernet "hi"` and `echo hi | infernet` are chats: whatever does not begin with a command or a flag. */
const withChat = Effect.fnUntraced(function* (args: ReadonlyArray<string>) {
  const [first] = args
  if (first === undefined) return process.stdin.isTTY ? ["--help"] : ["chat"]
  if (first.startsWith("-") || isName(first)) return args
  // A slip of the hand must not be sent to a stranger's machine as a question.
  const meant = nearest(first, names)
  if (meant === undefined) return ["chat", ...args]
  const hint = `did you mean \`infernet ${meant}\`? To ask it, write \`infernet chat ${first}\``
  return yield* new Failure({ message: `there is no command ${first}: ${hint}`, code: 2 })
})

/** They look at the file of settings or mend it, and must do so also when it is broken. */
const mends: ReadonlySet<string> = new Set(["config", "doctor"])

/** Built only for a command that runs: help comes also without a home, and leaves nothing behind. */
const services = (command: string | undefined) =>
  Layer.mergeAll(Local.layer.pipe(Layer.provideMerge(Home.layer)), Http.layer).pipe(
    Layer.provideMerge(command !== undefined && mends.has(command) ? ConfigFile.layerLenient : ConfigFile.layer)
  )

export const infernet = Command.make("infernet").pipe(
  Command.withDescription(
    "A network that sells LLM inference: run it, join it, ask it.\n" +
      "  Settings come from flags, else from the environment, else from config.json in the home,\n" +
      "  which is ~/.infernet unless INFERNET_HOME says otherwise."
  ),
  Command.withSubcommands(subcommands),
  Command.withExamples([
    { command: "infernet start", description: "Run the whole network on this machine" },
    { command: 'infernet "What is the capital of France?"', description: "Ask it something, as `infernet chat` does" }
  ])
)

export const program = (args: ReadonlyArray<string>) =>
  Effect.flatMap(
    withChat(args),
    Command.runWith(Command.provide(infernet, services(args.find(isName))), { version })
  ).pipe(
    Effect.provide(Layer.merge(presenter.layer, NodeServices.layer)),
    Effect.provideService(Console.Console, toldOfFullDisks),
    report
  )
