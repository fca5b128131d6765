/** What a process that serves from a home tells of itself on the socket there, and how it is asked to end. */
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

/** In a terminal, in the background, or under the system's service manager. */
export const How = Schema.Literals(["foreground", "detached", "service"])
export type How = typeof How.Type

/** What follows the end: nothing, the same program again, or the one that the launcher in the home calls by then. */
export const Then = Schema.Literals(["end", "again", "launcher"])
export type Then = typeof Then.Type

export const RunView = Schema.Struct({
  pid: Schema.Int,
  version: Schema.String,
  started_at: Schema.String,
  how: How,
  /** What it was called with: `start --port 8080`. */
  args: Schema.Array(Schema.String),
  /** Whether it serves: jobs can reach it. */
  ready: Schema.Boolean,
  /** What it waits for to become ready, in a sentence; none while it is on its way. */
  waiting: Schema.optionalKey(Schema.String),
  /** `unacknowledged` are those that have ended, and whose end the control plane has not written down yet. */
  jobs: Schema.Struct({ running: Schema.Int, unacknowledged: Schema.Int }),
  /** It takes no new jobs, and ends when those that run have ended, at the latest `by` then (ISO 8601). */
  ending: Schema.optionalKey(Schema.Struct({ then: Then, by: Schema.String }))
})
export type RunView = typeof RunView.Type

/** A day: longer than any job. */
const longest = 86_400_000

export const End = Schema.Struct({
  /** How long running jobs may go on. Of two requests the sooner end counts, and what the later one wants after it. */
  within_ms: Schema.Int.check(Schema.isBetween({ minimum: 0, maximum: longest })),
  then: Then
})

export class RunGroup extends HttpApiGroup.make("run").add(
  HttpApiEndpoint.get("view", "/run", { success: RunView }),
  /** Answered at once: the end comes later. */
  HttpApiEndpoint.post("end", "/run/end", { payload: End, success: RunView })
) {}

export class RunApi extends HttpApi.make("infernet-run").add(RunGroup) {}
