/** What a node does, as lines for its operator: `14:05:40  done     job_…  100 tokens  1680/s  65 ms  model`. */
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { Clock, Effect, Option } from "effect"
import { fold } from "./fold.ts"
import { charged, dollars } from "./money.ts"
import { type JobName, JobNames } from "./JobNames.ts"
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

const verbWidth = 10
const gap = "  "

/** Less of a name than this says nothing. */
const shortest = 12

const line = (time: string, { color = (text) => text, rest, tail = "", verb }: Words): string => {
  const head = `${verb.padEnd(verbWidth)}${rest}`
  const room = columnsAfter(time.length + head.length + 2 * gap.length)
  const end = tail === "" || room < shortest ? "" : `${gap}${fit(plain(tail), room)}`
  const text = `${dim(time)}${gap}${color(head.slice(0, verbWidth))}${head.slice(verbWidth)}${end}`
  return fold(text, columnsAfter(0), time.length + gap.length + verbWidth)
}

const duration = (millis: number): string =>
  millis < 10_000 ? `${Math.round(millis)} ms` : `${(millis / 1000).toFixed(1)} s`

/** An event in words; none for what only programs care about. `jobOf` tells which job an attempt is of. */
const words = (event: NodeEvent, jobOf: (attempt: string) => JobName): Words | undefined => {
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
    case "pending":
      return event.on
        ? { verb: "pending", color: yellow, rest: "the network's administrator has to approve this node: no jobs yet" }
        : { verb: "approved", color: green, rest: "jobs are taken from now on" }
    case "draining":
      return { verb: "draining", rest: event.on ? "no new jobs are taken" : "over: jobs are taken again" }
    case "job_received":
      return { verb: "job", rest: event.job, tail: event.model }
    case "heartbeat":
      return { verb: "heartbeat", rest: dim(duration(event.latencyMillis)) }
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
    case "receipt":
      return { verb: "receipt", color: green, rest: [event.receipt, charged(event.amount)].join(gap), tail: event.job }
    case "bill_disputed": {
      const seen = `\`infernet receipt show ${event.receipt}\` has both sides' numbers`
      return { verb: "disputed", color: yellow, rest: `${event.job}${gap}${plain(event.reason)}: ${seen}` }
    }
    case "countersignatures": {
      if (event.bills === 0) return { verb: "receipts", color: green, rest: "all bills are countersigned again" }
      const waiting = `${event.bills} bills (${dollars(event.amount)}) wait for the network's signature for over 10 minutes`
      return { verb: "unpaid", color: yellow, rest: `${waiting}: ask who runs it; \`infernet payments\` has the sums` }
    }
    case "receipts_unwritten":
      return { verb: "unsigned", color: yellow, rest: `bills wait, as ${plain(event.reason)}` }
  }
}

/** Heartbeats come every 30 s: one now and then says that they do. */
const beatsEvery = 300_000

/** Gives the line for each event of one daemon, in their order. */
export const make = () => {
  // Made once: a formatter costs more than all the rest of a line.
  const clockTime = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })
  const jobs = new JobNames()
  let said: string | undefined
  let beatAt = Number.NEGATIVE_INFINITY

  /** Waiting for the same thing is said once, and so is all but one of many heartbeats. */
  const isNews = (event: NodeEvent, text: Words, now: number): boolean => {
    if (event.type === "waiting") return text.rest !== said
    if (event.type === "link_lost") beatAt = Number.NEGATIVE_INFINITY
    if (event.type !== "heartbeat") return true
    if (now - beatAt < beatsEvery) return false
    beatAt = now
    return true
  }

  return Effect.fnUntraced(function* (event: NodeEvent) {
    const now = yield* Clock.currentTimeMillis
    if (event.type !== "offer") jobs.begun(event)
    const text = words(event, (attempt) => jobs.of(attempt))
    if (event.type !== "offer") jobs.ended(event)
    const isShown = text !== undefined && isNews(event, text, now)
    said = text?.rest
    return isShown ? Option.some(line(clockTime.format(now), text)) : Option.none<string>()
  })
}
