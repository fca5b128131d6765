/** `infernet stop`: ends what runs from this home, after the jobs that it has begun. */
import { Home } from "@infernet/platform/Home"
import { Console, Effect, Option } from "effect"
import { Command, Flag } from "effect/cli"
import * as ending from "../run/ending.ts"
import * as stuck from "../run/stuck.ts"
import { endedJobs, jobsOf } from "../run/words.ts"
import * as options from "../settings/options.ts"
import { quietly } from "../terminal/progress.ts"
import { row } from "../terminal/style.ts"

/** A second of a stop that nobody waits for belongs to the process, which ends by itself. */
const goesOn = (seconds: number) =>
  Console.log(
    `\nit ends by itself when its jobs have, at the latest in ${seconds} s; \`infernet stop --now\` ends it now`
  )

const asked = Effect.fnUntraced(function* (seconds: number, json: boolean) {
  const { root } = yield* Home
  const view = yield* ending.current
  if (Option.isNone(view)) {
    const stopped = yield* stuck.end
    if (json) return yield* Console.log(JSON.stringify({ stopped }))
    return yield* Console.log(stopped ? row("stopped", "it had not begun to answer") : `nothing runs from ${root}`)
  }
  const ended = yield* ending.end(view.value, { withinMillis: seconds * 1000, then: "end" }).pipe(
    quietly(json),
    Effect.onInterrupt(() => (json ? Effect.void : goesOn(seconds)))
  )
  if (json) return yield* Console.log(JSON.stringify({ stopped: true, pid: view.value.pid, ...jobsOf(ended) }))
  yield* Console.log(row("stopped", `pid ${view.value.pid}${endedJobs(ended)}`))
})

export const stop = Command.make(
  "stop",
  {
    timeout: options.drainTimeout,
    now: Flag.Boolean("now").pipe(
      Flag.withDescription("Do not wait for running jobs: they go on at other nodes, or fail"),
      Flag.withDefault(false)
    ),
    json: options.json
  },
  Effect.fnUntraced(function* ({ json, now, timeout }) {
    yield* asked(now ? 0 : timeout, json)
  })
).pipe(
  Command.withShortDescription("End what runs from this home, running jobs first"),
  Command.withDescription(
    "End what runs from this home. It takes no new jobs, those that run may end within --timeout, then it takes leave\n" +
      "  of its network. Exits 0 also when nothing runs."
  ),
  Command.withExamples([
    { command: "infernet stop", description: "Let running jobs end first" },
    { command: "infernet stop --timeout 600", description: "Give them ten minutes" },
    { command: "infernet stop --now", description: "At once" }
  ])
)
