/** The jobs: those that run, with their age and speed, then the last that ended and how. */
import type { EndedJob, RunningJob } from "../../client/LiveApi.ts"
import type { State } from "../State.ts"
import { clean, cut, cutMiddle, pad, padStart } from "../text.ts"
import { first, type Look, type Panel } from "./look.ts"
import { counted, grouped, took } from "./units.ts"

/** Since the first token, so that a long prompt does not make a fast answer look slow. */
const speedOf = ({ first_token_ms, started_at, tokens }: RunningJob, now: number): number | undefined => {
  if (first_token_ms === undefined || tokens < 2) return undefined
  const millis = now - started_at - first_token_ms
  return millis > 0 ? ((tokens - 1) * 1000) / millis : undefined
}

/** `job_…t7`: ids begin with their time, so their ends tell them apart. */
const shortJob = (id: string): string => `…${id.slice(-6)}`

const markWidth = 11
const idWidth = 7

/** Below each of these widths a column is left out whole, rather than all of them cut. */
const least = { time: 76, speed: 60, tokens: 51 }

const numbers = (width: number, tokens: number, speed: number | undefined, millis: number): string =>
  [
    ...(width < least.tokens ? [] : [padStart(tokens === 0 ? "" : counted(tokens, "token"), 13)]),
    ...(width < least.speed ? [] : [padStart(speed === undefined || speed === 0 ? "" : `${grouped(speed)}/s`, 8)]),
    padStart(took(millis), 8)
  ].join(" ")

export const jobs = (look: Look, { now, parts: { Jobs } }: State): Panel => {
  const { theme, time } = look
  type Row = { readonly running: RunningJob } | { readonly ended: EndedJob }
  const rows: ReadonlyArray<Row> = [
    ...(Jobs?.running ?? []).map((running) => ({ running })),
    ...(Jobs?.ended ?? []).map((ended) => ({ ended }))
  ]
  const line = (row: Row, width: number): string => {
    const job = "running" in row ? row.running : row.ended
    const hasTime = width >= least.time
    const numbersWidth = numbers(width, 0, undefined, 0).length
    const left = markWidth + 1 + (hasTime ? 9 : 0) + idWidth + 1
    const room = Math.max(8, width - left - 1 - numbersWidth)
    const head = (mark: string, at: number) => `${mark} ${hasTime ? `${time(at)} ` : ""}${shortJob(job.job)} `
    const model = pad(cutMiddle(clean(job.model), room), room)
    if ("running" in row) {
      const { running } = row
      const mark = running.first_token_ms === undefined ? "▶ reading" : "▶ running"
      const facts = numbers(width, running.tokens, speedOf(running, now), now - running.started_at)
      return `${head(theme.bar(pad(mark, markWidth)), running.started_at)}${model} ${facts}`
    }
    const { ended } = row
    const facts = numbers(width, ended.tokens, ended.tokens_per_second, ended.total_ms)
    if (ended.fault === undefined)
      return `${head(theme.good(pad("✓ done", markWidth)), ended.ended_at)}${model} ${facts}`
    if (ended.fault.error === "cancelled")
      return `${head(theme.faint(pad("– cancelled", markWidth)), ended.ended_at)}${model} ${facts}`
    const why = cut(clean(`${ended.fault.error}: ${ended.fault.message}`), room + 1 + numbersWidth)
    return `${head(theme.bad(pad("✗ failed", markWidth)), ended.ended_at)}${why}`
  }
  const facts =
    Jobs === undefined
      ? ""
      : `${Jobs.running_count} running, ${grouped(Jobs.completed)} done, ${grouped(Jobs.failed)} failed`
  return {
    title: "Jobs",
    note: facts,
    least: rows.length > 1 ? 2 : 1,
    wants: Math.max(1, rows.length),
    draw: (width, height) =>
      rows.length === 0
        ? [theme.faint("none since the node started")]
        : first(look, rows.slice(0, Math.max(height, Jobs?.running.length ?? 0)), height, (row) => line(row, width))
  }
}
