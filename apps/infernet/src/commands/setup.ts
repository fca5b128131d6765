/** `infernet setup`: asks what this machine should be, writes it down, and brings what it needs for it. */
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as options from "../settings/options.ts"
import * as values from "../settings/values.ts"
import { nothing, orNothing, Questions } from "../setup/Questions.ts"
import { canAsk } from "../terminal/ask.ts"
import { Failure } from "../terminal/exit.ts"

// Loaded only here: a chat must not wait for what reads GPUs and asks backends.
const running = Effect.promise(() => import("../setup/run.ts"))
const atTerminal = Effect.promise(() => import("../setup/askAtTerminal.ts"))

const flags = {
  model: options.flag("model", "<name>", `Model to install, or ${nothing}`, orNothing(values.text)),
  controlPlane: options.flag(
    "control-plane",
    "<url>",
    `Network to join, or ${nothing} for one of this machine`,
    orNothing(values.url)
  ),
  linkCode: options.flag("link-code", "<code>", `Code of your account there, or ${nothing}`, orNothing(values.text)),
  name: options.flag("name", "<text>", "Name of this node", values.name),
  payoutAddress: options.flag(
    "payout-address",
    "<0x…>",
    `Where its earnings go, or ${nothing}`,
    orNothing(values.payoutAddress)
  ),
  yes: options.yes
}

export const setup = Command.make(
  "setup",
  flags,
  Effect.fnUntraced(function* ({ yes, ...given }) {
    const silent = yes || (yield* options.nonInteractive)
    if (!silent && !canAsk()) {
      const message = "nobody is there to be asked: add --yes, which takes what is usual, and flags for the rest"
      return yield* new Failure({ message, code: 2 })
    }
    const { run } = yield* running
    const questions = silent ? Questions.layerSilent : (yield* atTerminal).layer
    const code = yield* options.linkCode()
    const linkCode = Option.orElse(given.linkCode, () => Option.map(code, Option.some))
    yield* run({ ...given, linkCode }, silent).pipe(Effect.provide(questions))
  })
).pipe(
  Command.withShortDescription("Set this machine up: model, network, name, payout"),
  Command.withDescription(
    "Look at this machine, ask what it should be, write that to config.json, make its key, join its network and install\n" +
      "  a model that suits it. Every question has a flag, and an answer that is usual: what is set now, else what suits.\n" +
      "  Run again, it shows what is set. Ctrl-C at a question changes nothing. It asks nobody with --yes or with\n" +
      "  INFERNET_NONINTERACTIVE set."
  ),
  Command.withExamples([
    { command: "infernet setup", description: "Asks" },
    { command: "infernet setup --yes --model none", description: "Takes what is usual, and installs nothing" },
    {
      command: "infernet setup --control-plane https://infernet.example --link-code K7QM-2XRD-9FTA",
      description: "Joins a network"
    }
  ])
)
