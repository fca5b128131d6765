/** `infernet control-plane`: a control plane alone, for a server. */
import { Effect } from "effect"
import { Command } from "effect/cli"
import { Run } from "../run/Run.ts"
import * as options from "../settings/options.ts"
import { payments, paymentsFlag } from "../settings/payments.ts"
import { untilStop } from "../terminal/untilStop.ts"

// Loaded only here: a chat must not wait for a control plane's code.
const server = Effect.promise(() => import("../network/server.ts"))

export const controlPlane = Command.make(
  "control-plane",
  { ...options.listen, payments: paymentsFlag },
  Effect.fnUntraced(function* (given) {
    const address = yield* options.address(given)
    const how = yield* payments(given.payments)
    return yield* untilStop(Effect.flatMap(server, ({ run }) => run(address, how))).pipe(Effect.provide(Run.layer))
  })
).pipe(
  Command.withShortDescription("Run a control plane alone, for a server"),
  Command.withDescription(
    "Run a control plane alone, on the PostgreSQL server at DATABASE_URL, else on one of its own. Nodes join it with\n" +
      "  `infernet start --control-plane URL`. It logs JSON lines to standard error."
  ),
  Command.withExamples([
    {
      command: "DATABASE_URL=postgres://… infernet control-plane --host 0.0.0.0",
      description: "A server that nodes and clients elsewhere reach"
    },
    {
      command: "infernet control-plane --payments base",
      description: "Nodes are paid over the escrow at INFERNET_ESCROW on Base"
    }
  ])
)
