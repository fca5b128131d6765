/** `infernet restart`: ends what runs from this home, running jobs first, and starts it again as it was. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option } from "effect"
import { Command } from "effect/cli"
import * as ending from "../run/ending.ts"
import * as returning from "../run/returning.ts"
import { endedJobs, jobsOf, nothingRuns } from "../run/words.ts"
import * as options from "../settings/options.ts"
import { quietly } from "../terminal/progress.ts"
import { green, row } from "../terminal/style.ts"

export const restart = Command.make(
  "restart",
  { timeout: options.drainTimeout, json: options.json },
  Effect.fnUntraced(function* ({ json, timeout }) {
    const { root } = yield* Home
    const view = yield* ending.current
    if (Option.isNone(view)) return yield* nothingRuns(root)
    const goesOn = Console.log("\nit restarts by itself when its jobs have ended: see `infernet status`")
    const ended = yield* Effect.gen(function* () {
      const ended = yield* ending.end(view.value, { withinMillis: timeout * 1000, then: "again" })
      yield* returning.after(view.value)
      return ended
    }).pipe(
      quietly(json),
      Effect.onInterrupt(() => (json ? Effect.void : goesOn))
    )
    if (json) return yield* Console.log(JSON.stringify({ restarted: true, pid: view.value.pid, ...jobsOf(ended) }))
    yield* Console.log(row("restarted", green(`pid ${view.value.pid}`) + endedJobs(ended)))
  })
).pipe(
  Command.withShortDescription("Restart what runs from this home, running jobs first"),
  Command.withDescription(
    "End what runs from this home and start it again as it was started: the same way, with the same arguments. It takes\n" +
      "  no new jobs meanwhile, and those that run may end within --timeout; new ones wait for it, or go to other nodes."
  ),
  Command.withExamples([
    { command: "infernet restart", description: "With new settings, say" },
    { command: "infernet restart --timeout 600", description: "Give running jobs ten minutes" }
  ])
)
