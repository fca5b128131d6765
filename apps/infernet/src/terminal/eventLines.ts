/** What a node does, as lines for its operator: `14:05:40  done     job_…  100 tokens  1680/s  65 ms  model`. */
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { Clock, Effect, Option } from "effect"
import { columnsAfter, dim, fit, green, plain, yellow } from "./style.ts"

/** What the daemon does, and what its backends offer whenever that changes. */
export type NodeEvent = DaemonEvent | { readonly type: "offer"; readonly offer: string }

interface Words {
  readonly verb: string
  /** Coloured, where the line should catch the eye. */
  readonly color?: (text: string) => string
  readonly rest: string
  /** A model's name: cut to what the line leaves. */
  readonly tail?: string
}

interface Job {
  readonly job: string
  readonly model: string
}

const verbWidth = 10
const gap = "  "

/** Less of a name than this says nothing. */
const shortest = 12

const line = (time: string, { color = (text) => text, rest, tail = "", verb }: Words): string => {
  const head = `${verb.padEnd(verbWidth)}${rest}`
  const room = columnsAfter(time.length + head.length + 2 * gap.length)
  const end = tail === "" || room < shortest ? "" : `${gap}${fit(plain(tail), room)}`
  return `${dim(time)}${gap}${color(head.slice(0, verbWidth))}${head.slice(verbWidth)}${end}`
}

const duration = (millis: number): string =>
  millis < 10_000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`

/** An event in words; none for what only programs care about. `jobOf` tells which job an attempt is of. */
const words = (event: NodeEvent, jobOf: (attempt: string) => Job): Words | undefined => {
  switch (event.type) {
    case "offer":
      return { verb: "backend", rest: event.offer }
    case "waiting":
      return { verb: "waiting", color: yellow, rest: plain(event.reason) }
    case "refused":
      return { verb: "refused", color: yellow, rest: plain(event.reason) }
    case "registered":
      return { verb: "joined", rest: event.controlPlane }
    case "linked":
      return { verb: "link up", color: green, rest: plain(event.replica) }
    case "link_lost":
      return { verb: "link down", color: yellow, rest: plain(event.reason) }
    case "command":
      return { verb: "command", rest: `${event.command.kind} ${plain(event.outcome)}`, tail: event.command.model ?? "" }
    case "model":
      return { verb: "model", rest: plain(event.news), tail: event.model }
    case "draining":
      return { verb: "draining", rest: event.on ? "no new jobs are taken" : "over: jobs are taken again" }
    case "job_received":
      return { verb: "job", rest: event.job, tail: event.model }
    case "heartbeat":
    case "job_streaming":
      return undefined
    case "job_done": {
      const { job, model } = jobOf(event.attempt)
      const rate = `${Math.round(event.tokensPerSecond)}/s`
      const facts = [
        job,
        `${event.tokens} tokens`.padStart(11),
        rate.padStart(6),
        duration(event.totalMillis).padStart(7)
      ]
      return { verb: "done", rest: facts.join(gap), tail: model }
    }
    case "job_failed": {
      const { job } = jobOf(event.attempt)
      if (event.error === "cancelled") return { verb: "cancelled", rest: job }
      return { verb: "failed", color: yellow, rest: `${job}${gap}${event.error}: ${plain(event.message)}` }
    }
  }
}

/** More than a link has attempts: what was begun and never seen to end is forgotten in time. */
const remembered = 1024

/** Gives the line for each event of one daemon, in their order. */
export const make = () => {
  // Made once: a formatter costs more than all the rest of a line.
  const clockTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })
  const jobs = new Map<string, Job>()
  let said: string | undefined
  const jobOf = (attempt: string): Job => jobs.get(attempt) ?? { job: attempt, model: "" }

  return Effect.fnUntraced(function* (event: NodeEvent) {
    const now = yield* Clock.currentTimeMillis
    if (event.type === "job_received") {
      const oldest = jobs.size >= remembered ? jobs.keys().next().value : undefined
      if (oldest !== undefined) jobs.delete(oldest)
      jobs.set(event.attempt, { job: event.job, model: event.model })
    }
    const text = words(event, jobOf)
    if (event.type === "job_done" || event.type === "job_failed") jobs.delete(event.attempt)
    // Waiting for the same thing is said once.
    const again = event.type === "waiting" && text?.rest === said
    said = text?.rest
    if (text === undefined || again) return Option.none<string>()
    return Option.some(line(clockTime.format(now), text))
  })
}
