/** The command line: a list of commands over the services they share. */
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Home } from "@infernet/platform/Home"
import { Effect, Layer } from "effect"
import { Command } from "effect/cli"
import { FetchHttpClient } from "effect/http"
import { Local } from "./client/Local.ts"
import { apiKey } from "./commands/apiKey.ts"
import { chat } from "./commands/chat.ts"
import { command as controlPlane } from "./commands/controlPlane.ts"
import { model } from "./commands/model.ts"
import { start } from "./commands/start.ts"
import { status } from "./commands/status.ts"
import * as ConfigFile from "./settings/ConfigFile.ts"
import { report } from "./terminal/exit.ts"
import { version } from "./version.ts"

const subcommands = [start, chat, status, model, apiKey, controlPlane] as const

const infernet = Command.make("infernet").pipe(
  Command.withDescription("A network that sells LLM inference: run it, join it, ask it."),
  Command.withSubcommands(subcommands),
  Command.withExamples([
    { command: "infernet start", description: "Run the whole network on this machine" },
    { command: 'infernet "What is the capital of France?"', description: "Ask it something" }
  ])
)

const names: ReadonlySet<string> = new Set(subcommands.map(({ name }) => name))

/** `infernet "hi"` and `echo hi | infernet` are chats: whatever does not begin with a command or a flag. */
const withChat = (args: ReadonlyArray<string>): ReadonlyArray<string> => {
  const [first] = args
  if (first === undefined) return process.stdin.isTTY ? ["--help"] : ["chat"]
  return first.startsWith("-") || names.has(first) ? args : ["chat", ...args]
}

const services = Layer.mergeAll(Local.layer.pipe(Layer.provideMerge(Home.layer)), FetchHttpClient.layer).pipe(
  Layer.provideMerge(ConfigFile.layer),
  Layer.provideMerge(NodeServices.layer)
)

export const program = (args: ReadonlyArray<string>) =>
  Command.runWith(infernet, { version })(withChat(args)).pipe(Effect.provide(services), report)
