/** This machine as a node of a network elsewhere. */
import { Backends } from "@infernet/backend/Backends"
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { Jobs } from "@infernet/daemon/job/Jobs"
import { Home } from "@infernet/platform/Home"
import { Console, Context, Effect, Layer, type Option } from "effect"
import * as runRoutes from "../run/routes.ts"
import { Run } from "../run/Run.ts"
import { row } from "../terminal/style.ts"
import * as tell from "../terminal/tell.ts"
import * as keys from "./keys.ts"
import * as launcher from "./launcher.ts"
import * as live from "./live.ts"
import * as machine from "./machine.ts"
import * as node from "./node.ts"
import * as nodeSocket from "./nodeSocket.ts"
import * as watch from "./watch.ts"

/** A job that runs for longer is not waited for. */
const longestJob = 86_400_000

/** It is ready once it is linked; and once it has been, a lost link is its own affair. */
const toRun = (run: Run["Service"], once: boolean) => (event: DaemonEvent) =>
  Effect.suspend(() => {
    if (event.type === "waiting" || event.type === "refused") run.waitsFor(event.reason)
    if (event.type === "linked") return run.ready
    // Asked to end while it runs: it ends after it, and takes no second one.
    const isTheOne = once && event.type === "job_received"
    return isTheOne ? run.end({ within_ms: longestJob, then: "end" }) : Effect.void
  })

/**
 * Works until the scope closes; it joins when the control plane answers, and again whenever it was away. `once`, until
 * it has done one job.
 */
export const run = Effect.fnUntraced(function* (
  controlPlaneUrl: string,
  once: boolean,
  linkCode: Option.Option<string>
) {
  const home = yield* Home
  const run = yield* Run
  yield* tell.opening(home.root)
  const [self, found] = yield* Effect.all([node.identity, node.findBackends], { concurrency: "unbounded" })
  const backends = Context.get(found, Backends)
  yield* launcher.write
  yield* tell.backends(yield* backends.snapshot)
  yield* Console.log(row("node", self.id))
  yield* Console.log(`${row("network", controlPlaneUrl)}\n`)
  const daemon = yield* node.work({ controlPlaneUrl, isOwn: false, linkCode }, self, found)
  run.drains(Context.get(daemon, Jobs))
  yield* watch.on(daemon, toRun(run, once))
  yield* watch.log(daemon, backends)
  yield* watch.show(daemon, backends)
  const watched = yield* live.routes({ controlPlaneUrl, self, node: Context.merge(found, daemon) })
  yield* nodeSocket.serve({
    controlPlaneUrl,
    self,
    backends,
    daemon,
    beside: Layer.mergeAll(
      machine.routes(Context.merge(found, daemon)),
      runRoutes.routes(run),
      watched,
      keys.routes({ controlPlaneUrl, self, daemon })
    )
  })
  return yield* Effect.never
})
