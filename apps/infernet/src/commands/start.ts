/** `infernet start`: this machine as a whole network, or as a node of one elsewhere. */
import { Console, Effect, Layer, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as detach from "../run/detach.ts"
import { Run } from "../run/Run.ts"
import * as options from "../settings/options.ts"
import { payments, paymentsFlag } from "../settings/payments.ts"
import { Failure } from "../terminal/exit.ts"
import * as logging from "../terminal/logging.ts"
import { untilStop } from "../terminal/untilStop.ts"

// Loaded only by those who start something: a chat must not wait for a control plane's code.
const solo = Effect.promise(() => import("../network/solo.ts"))
const joined = Effect.promise(() => import("../network/joined.ts"))
const launcher = Effect.promise(() => import("../network/launcher.ts"))

const detachFlags = new Set(["--detach", "-d"])

/** The same call, in the background. */
const inBackground = Effect.gen(function* () {
  const command = [process.execPath, ...process.argv.slice(1).filter((word) => !detachFlags.has(word))]
  const started = yield* detach.start(command)
  const infernet = yield* Effect.flatMap(launcher, ({ call }) => call)
  yield* Console.log(detach.report(started, infernet))
})

export const start = Command.make(
  "start",
  {
    controlPlane: options.controlPlaneFlag("Join this network as a node instead of running one"),
    linkCode: options.linkCodeFlag,
    ...options.listen,
    payments: paymentsFlag,
    detach: Flag.Boolean("detach").pipe(
      Flag.withAlias("d"),
      Flag.withDescription("Go on in the background, and return when it is ready"),
      Flag.withDefault(false)
    ),
    once: Flag.Boolean("once").pipe(
      Flag.withDescription("Beat, do one job and end: on this machine alone its own check, in a network a client's"),
      Flag.withDefault(false)
    )
  },
  Effect.fnUntraced(function* (given) {
    if (given.detach && given.once) {
      const message = "--once ends by itself and is for somebody who waits for it: leave out --detach"
      return yield* new Failure({ message, code: 2 })
    }
    const address = yield* options.address(given)
    const controlPlane = yield* options.controlPlane(given.controlPlane)
    const linkCode = yield* options.linkCode(given.linkCode)
    if (Option.isSome(controlPlane) && Option.isSome(given.payments)) {
      const message = "--payments is for a network of one's own: the one that is joined says itself how it charges"
      return yield* new Failure({ message, code: 2 })
    }
    const how = yield* payments(given.payments)
    if (given.detach) return yield* inBackground
    const run = Option.isSome(controlPlane)
      ? Effect.flatMap(joined, ({ run }) => run(controlPlane.value, given.once, linkCode))
      : Effect.flatMap(solo, ({ run }) => run(address, given.once, how))
    return yield* untilStop(run).pipe(Effect.provide(Layer.provideMerge(logging.layer, Run.layer)))
  })
).pipe(
  Command.withShortDescription("Run the whole network on this machine, or join one"),
  Command.withDescription(
    "Run the whole network on this machine: control plane, database and node, with the backend\n" +
      "  that it finds or else a small demo model. With --control-plane this machine joins a network\n" +
      "  elsewhere instead. Ctrl-C stops everything at once; `infernet stop` lets running jobs end first.\n" +
      "  With --once it exits 0 after one heartbeat and one answered job, and 1 where that fails: for scripts."
  ),
  Command.withExamples([
    { command: "infernet start", description: "Everything on this machine" },
    { command: "infernet start --detach", description: "The same, in the background" },
    { command: "infernet start --payments local", description: "The same, with payments in test money" },
    { command: "infernet start --port 8080", description: "The same, on another port" },
    { command: "INFERNET_BACKEND=http://gpu:8000 infernet start", description: "With a backend that runs elsewhere" },
    { command: "infernet start --control-plane https://infernet.example", description: "Join a network as a node" },
    { command: "infernet start --once && echo it works", description: "Try this machine from end to end" }
  ])
)
