/** This machine as a node of a network elsewhere. */
import { Backends } from "@infernet/backend/Backends"
import { Home } from "@infernet/platform/Home"
import { Console, Context, Effect } from "effect"
import { row } from "../terminal/style.ts"
import * as tell from "../terminal/tell.ts"
import * as machine from "./machine.ts"
import * as node from "./node.ts"
import * as nodeSocket from "./nodeSocket.ts"
import * as watch from "./watch.ts"

/** Works until the scope closes; it joins when the control plane answers, and again whenever it was away. */
export const run = Effect.fnUntraced(function* (controlPlaneUrl: string) {
  const home = yield* Home
  yield* tell.opening(home.root)
  const [self, found] = yield* Effect.all([node.identity, node.findBackends], { concurrency: "unbounded" })
  const backends = Context.get(found, Backends)
  yield* tell.backends(yield* backends.snapshot)
  yield* Console.log(row("node", self.id))
  yield* Console.log(`${row("network", controlPlaneUrl)}\n`)
  const daemon = yield* node.work(controlPlaneUrl, self, found)
  yield* nodeSocket.serve({
    controlPlaneUrl,
    self,
    backends,
    daemon,
    beside: machine.routes(Context.merge(found, daemon))
  })
  return yield* watch.run(daemon, backends)
})
