/** `infernet start`: this machine as a whole network, or as a node of one elsewhere. */
import { Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as options from "../settings/options.ts"
import * as logging from "../terminal/logging.ts"
import { untilStop } from "../terminal/untilStop.ts"

// Loaded only by those who start something: a chat must not wait for a control plane's code.
const solo = Effect.promise(() => import("../network/solo.ts"))
const joined = Effect.promise(() => import("../network/joined.ts"))

export const start = Command.make(
  "start",
  { controlPlane: options.controlPlaneFlag("Join this network as a node instead of running one"), ...options.listen },
  Effect.fnUntraced(function* (given) {
    const address = yield* options.address(given)
    const controlPlane = yield* options.controlPlane(given.controlPlane)
    const run = Option.isSome(controlPlane)
      ? Effect.flatMap(joined, ({ run }) => run(controlPlane.value))
      : Effect.flatMap(solo, ({ run }) => run(address))
    return yield* untilStop(run).pipe(Effect.provide(logging.layer))
  })
).pipe(
  Command.withShortDescription("Run the whole network on this machine, or join one"),
  Command.withDescription(
    "Run the whole network on this machine: control plane, database and node, with the backend\n" +
      "  that it finds or else a small demo model. With --control-plane this machine joins a network\n" +
      "  elsewhere instead. Ctrl-C stops everything."
  ),
  Command.withExamples([
    { command: "infernet start", description: "Everything on this machine" },
    { command: "infernet start --port 8080", description: "The same, on another port" },
    { command: "INFERNET_BACKEND=http://gpu:8000 infernet start", description: "With a backend that runs elsewhere" },
    { command: "infernet start --control-plane https://infernet.example", description: "Join a network as a node" }
  ])
)
