/** Tells on the home's socket how a node that has joined a network is doing, for `infernet status`. */
import type { Backends } from "@infernet/backend/Backends"
import type { NodeId } from "@infernet/contract/Id"
import { DaemonEvents } from "@infernet/daemon/DaemonEvents"
import { Link } from "@infernet/daemon/link/Link"
import * as BunHttp from "@infernet/platform/BunHttp"
import { Home } from "@infernet/platform/Home"
import { Context, DateTime, Effect, Layer, Stream } from "effect"
import { HttpRouter } from "effect/http"
import { HttpApiBuilder } from "effect/http-api"
import { NodeApi } from "../client/NodeApi.ts"
import { version } from "../version.ts"
import type * as machine from "./machine.ts"

export interface Options {
  readonly controlPlaneUrl: string
  readonly self: { readonly id: NodeId }
  readonly backends: Backends["Service"]
  readonly daemon: Context.Context<DaemonEvents | Link>
  /** What else answers on the socket. */
  readonly beside: ReturnType<typeof machine.routes>
}

/** Jobs since the start, counted as they go by. */
const countJobs = Effect.fnUntraced(function* (events: DaemonEvents["Service"]) {
  const jobs = { completed: 0, failed: 0, running: 0 }
  yield* events.stream.pipe(
    Stream.runForEach((event) =>
      Effect.sync(() => {
        if (event.type === "job_received") jobs.running += 1
        if (event.type !== "job_done" && event.type !== "job_failed") return
        jobs.running = Math.max(0, jobs.running - 1)
        jobs[event.type === "job_done" ? "completed" : "failed"] += 1
      })
    ),
    Effect.forkScoped({ startImmediately: true })
  )
  return jobs
})

/** Serves until the scope closes. */
export const serve = Effect.fnUntraced(function* ({ backends, beside, controlPlaneUrl, daemon, self }: Options) {
  const { adminSocket } = yield* Home
  const link = Context.get(daemon, Link)
  const jobs = yield* countJobs(Context.get(daemon, DaemonEvents))
  const started_at = DateTime.formatIso(yield* DateTime.now)

  const overview = Effect.gen(function* () {
    const snapshot = yield* backends.snapshot
    return {
      pid: process.pid,
      version,
      started_at,
      control_plane: controlPlaneUrl,
      node: self.id,
      linked: yield* link.linked,
      backends: snapshot.backends,
      models: snapshot.models.map(({ id }) => id),
      jobs: { ...jobs }
    }
  })
  const handlers = HttpApiBuilder.group(NodeApi, "node", (handlers) => handlers.handle("overview", () => overview))
  const routes = Layer.merge(HttpApiBuilder.layer(NodeApi).pipe(Layer.provide(handlers)), beside)
  yield* Layer.build(
    HttpRouter.serve(routes, { disableListenLog: true, disableLogger: true }).pipe(
      Layer.provide(BunHttp.layer({ unix: adminSocket }))
    )
  )
})
