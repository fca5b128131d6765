/** `infernet start`: this machine as a whole network, or as a node of one elsewhere. */
import { DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Console, Context, Effect, Option, Stream } from "effect"
import { Command } from "effect/cli"
import * as options from "../settings/options.ts"
import * as eventLines from "../terminal/eventLines.ts"
import * as logging from "../terminal/logging.ts"

/** Loaded only by those who start something: a chat must not wait for a control plane's code. */
const network = {
  solo: Effect.promise(() => import("../network/solo.ts")),
  joined: Effect.promise(() => import("../network/joined.ts"))
}

export const start = Command.make(
  "start",
  { controlPlane: options.controlPlane, host: options.host, port: options.port },
  Effect.fn(
    function* ({ controlPlane, host, port }) {
      const daemon = Option.isSome(controlPlane)
        ? yield* (yield* network.joined).start(controlPlane.value)
        : yield* (yield* network.solo).start({ host, port })
      const events = Context.get(daemon, DaemonEvents)
      yield* Stream.runForEach(events.stream, (event) =>
        Option.match(eventLines.of(event), { onNone: () => Effect.void, onSome: Console.log })
      )
    },
    Effect.scoped,
    Effect.provide(logging.layer)
  )
).pipe(
  Command.withDescription(
    "Run the whole network on this machine: control plane, database, node and, if no backend answers, a small model. " +
      "With --control-plane this machine joins a network instead."
  ),
  Command.withExamples([
    { command: "infernet start", description: "Everything on this machine" },
    { command: "infernet start --port 8080", description: "The same, on another port" },
    { command: "infernet start --control-plane https://infernet.example", description: "Join a network as a node" }
  ])
)
