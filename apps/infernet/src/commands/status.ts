/** `infernet status`: what runs from this home, and how it is doing. */
import { Home } from "@infernet/platform/Home"
import { Console, DateTime, Effect } from "effect"
import { Command } from "effect/cli"
import { Local, notRunning } from "../client/Local.ts"
import * as models from "../client/models.ts"
import * as Target from "../client/Target.ts"
import * as options from "../settings/options.ts"
import { bold, plain, row } from "../terminal/style.ts"

const span = (seconds: number): string => {
  if (seconds < 60) return `${seconds} s`
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min`
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`
}

export const status = Command.make(
  "status",
  { json: options.json, controlPlane: options.controlPlane },
  Effect.fn(function* ({ controlPlane, json }) {
    const home = yield* Home
    const local = yield* Local
    const overview = yield* Effect.mapError(local.admin.overview(), () => notRunning(home.root))
    const target = yield* Target.find(controlPlane)
    const offered = yield* models.list(target)
    if (json) return yield* Console.log(JSON.stringify({ home: home.root, ...overview, models: offered }))
    const started = DateTime.makeUnsafe(overview.started_at)
    const now = yield* DateTime.now
    const seconds = Math.floor((DateTime.toEpochMillis(now) - DateTime.toEpochMillis(started)) / 1000)
    const { completed, failed, pending } = overview.jobs
    yield* Console.log(`${bold("infernet")} ${overview.version}  ${overview.url}\n`)
    yield* Console.log(row("home", home.root))
    yield* Console.log(row("process", `${overview.pid}, up ${span(seconds)}`))
    yield* Console.log(row("nodes", `${overview.nodes_online} online`))
    yield* Console.log(row("models", offered.map(({ id }) => plain(id)).join(", ") || "none online"))
    yield* Console.log(row("jobs", `${completed} completed, ${failed} failed, ${pending} running today`))
  })
).pipe(
  Command.withDescription("Show what runs from this home."),
  Command.withExamples([{ command: "infernet status --json", description: "For programs" }])
)
