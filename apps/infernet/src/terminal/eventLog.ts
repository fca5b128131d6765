/** What a node does, as entries of its log: a constant phrase, and the rest in fields. */
import { numberOf } from "@infernet/contract/Micros"
import { Context, Effect } from "effect"
import { stripVTControlCharacters } from "node:util"
import type { NodeEvent } from "./eventLines.ts"
import { JobNames } from "./JobNames.ts"

/** Whether the person at the terminal is told in another way: then an entry is for the file alone. */
export const ForFile = Context.Reference<boolean>("infernet/terminal/ForFile", { defaultValue: () => false })

interface Entry {
  readonly message: string
  readonly fields: Readonly<Record<string, unknown>>
  readonly isWarning?: boolean
}

/** None for what is logged where it happens. */
const entryOf = (event: NodeEvent, jobs: JobNames): Entry | undefined => {
  switch (event.type) {
    case "heartbeat":
      return { message: "heartbeat", fields: { ms: Math.round(event.latencyMillis) } }
    case "linked":
      return { message: "link up", fields: { replica: event.replica } }
    case "offer":
      return { message: "backends", fields: { offer: stripVTControlCharacters(event.offer) } }
    case "command": {
      const { id, kind, model } = event.command
      return { message: "command", fields: { command: id, kind, outcome: event.outcome, ...(model && { model }) } }
    }
    case "model":
      return { message: "model", fields: { model: event.model, news: event.news } }
    case "pending":
      return { message: event.on ? "waiting for approval" : "approved", fields: {} }
    case "draining":
      return { message: "draining", fields: { on: event.on } }
    case "job_received":
      return { message: "job received", fields: { job: event.job, attempt: event.attempt, model: event.model } }
    case "job_streaming": {
      const { job } = jobs.of(event.attempt)
      return { message: "job streaming", fields: { job, first_token_ms: Math.round(event.firstTokenMillis) } }
    }
    case "job_done": {
      const { tokens, tokensPerSecond, totalMillis } = event
      const [ms, tokens_per_second] = [Math.round(totalMillis), Math.round(tokensPerSecond * 10) / 10]
      return { message: "job done", fields: { ...jobs.of(event.attempt), tokens, tokens_per_second, ms } }
    }
    case "job_failed": {
      const { error, message } = event
      const fields = { ...jobs.of(event.attempt), error, error_message: message }
      return {
        message: error === "cancelled" ? "job cancelled" : "job failed",
        fields,
        isWarning: error !== "cancelled"
      }
    }
    case "receipt": {
      const { amount, attempt, cumulative, job, receipt, tokens } = event
      const sums = { amount_micros: numberOf(amount), cumulative_micros: numberOf(cumulative) }
      return { message: "receipt", fields: { receipt, job, attempt, tokens, ...sums, countersigned: true } }
    }
    case "countersignatures": {
      const fields = { bills: event.bills, amount_micros: numberOf(event.amount) }
      return event.bills === 0
        ? { message: "all bills are countersigned again", fields: {} }
        : { message: "bills wait for the control plane's signature", fields, isWarning: true }
    }
    // Logged where they happen.
    case "bill_disputed":
    case "receipts_unwritten":
    case "link_lost":
    case "refused":
    case "registered":
    case "waiting":
      return undefined
  }
}

/** Logs each event of one daemon, in their order. */
export const make = () => {
  const jobs = new JobNames()
  return (event: NodeEvent): Effect.Effect<void> => {
    if (event.type !== "offer") jobs.begun(event)
    const entry = entryOf(event, jobs)
    if (event.type !== "offer") jobs.ended(event)
    if (entry === undefined) return Effect.void
    const { fields, isWarning = false, message } = entry
    const log = isWarning ? Effect.logWarning(message, fields) : Effect.logInfo(message, fields)
    return Effect.provideService(log, ForFile, true)
  }
}
