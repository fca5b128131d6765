/** Entries of a log as a person reads them: `14:05:40  job done  job=job_… tokens=64`, a day's name before its first. */
import { stripVTControlCharacters } from "node:util"
import { fold } from "../terminal/fold.ts"
import { bold, dim, plain, red, yellow } from "../terminal/style.ts"
import type { Entry } from "./entry.ts"

const colors: Partial<Readonly<Record<Entry["level"], (text: string) => string>>> = {
  warn: yellow,
  error: red,
  fatal: red,
  debug: dim,
  trace: dim
}

const valueOf = (value: unknown): string => {
  const text = typeof value === "string" ? value : (JSON.stringify(value) ?? String(value))
  return typeof value === "string" && /[\s"=]/.test(text) ? JSON.stringify(text) : text
}

const messageWidth = 14

/** Behind the time, or so much further in than a line of a trace already is. */
const indents = { text: 10, trace: 4 }

/** Each line of a trace on its own, as deep as it was. */
const traceOf = (cause: string, columns: number): string =>
  plain(stripVTControlCharacters(cause))
    .split("\n")
    .map((line) => {
      const depth = indents.trace + line.length - line.trimStart().length
      return `\n${dim(fold(" ".repeat(indents.trace) + line, columns, depth + indents.trace))}`
    })
    .join("")

/**
 * Gives the lines of each entry, in their order, for a terminal of so many columns. On a pipe, which has none, every
 * entry has its whole date, as programs want it.
 */
export const make = (columns: () => number | undefined) => {
  const day = new Intl.DateTimeFormat("en-CA", { dateStyle: "short" })
  const time = new Intl.DateTimeFormat("en-GB", { timeStyle: "medium" })
  let shown: string | undefined

  return ({ at, cause, fields, level, message }: Entry): string => {
    const width = columns()
    const isTerminal = width !== undefined
    const color = colors[level] ?? ((text: string) => text)
    const today = day.format(at)
    const heading = isTerminal && today !== shown ? `${bold(today)}\n` : ""
    shown = today
    const when = isTerminal ? dim(time.format(at)) : new Date(at).toISOString()
    const word = level === "info" ? "" : `${color(level)}  `
    const facts = dim(fields.map(([name, value]) => `${name}=${plain(valueOf(value))}`).join(" "))
    const line = `${when}  ${word}${color(plain(message).padEnd(messageWidth))}  ${facts}`.trimEnd()
    const edge = width ?? Number.POSITIVE_INFINITY
    const trace = cause === undefined ? "" : traceOf(cause, edge)
    return `${heading}${fold(line, edge, indents.text)}${trace}`
  }
}
