/** The whole screen as lines, from the state and the size of the terminal alone. */
import type { State } from "../State.ts"
import { clean, cut, joinFitting, widthOf } from "../text.ts"
import { backends } from "./backends.ts"
import { header } from "./header.ts"
import { help } from "./help.ts"
import { installs } from "./installs.ts"
import { jobs } from "./jobs.ts"
import { beside, halves, stack } from "./layout.ts"
import { log } from "./log.ts"
import type { Look, Panel } from "./look.ts"
import { models } from "./models.ts"
import { system } from "./system.ts"
import { throughput } from "./throughput.ts"

export interface Size {
  readonly columns: number
  readonly rows: number
}

/** From here on two columns are worth more than long lines. */
const wideFrom = 120
const leastSize: Size = { columns: 40, rows: 10 }
const around = { above: 2, below: 1 }

const graphHeight = 4
/** A body of fewer lines has better use for them than a high graph. */
const tall = 30

const wanted = (panels: ReadonlyArray<Panel>): number => panels.reduce((sum, { wants }) => sum + 1 + wants, 0)

/** Lines between the first and the last. */
export const bodyHeight = ({ rows }: Size): number => Math.max(1, rows - around.above - around.below)

const narrow = (look: Look, state: State, width: number, height: number): ReadonlyArray<string> =>
  stack(
    look,
    // What matters most comes first where there is no room for all; the log takes what is left.
    state.parts.Node === undefined
      ? [system(look, state), log(look, state, "all")]
      : [
          system(look, state),
          ...installs(look, state),
          jobs(look, state),
          throughput(look, state, height < tall ? 1 : graphHeight),
          models(look, state),
          backends(look, state),
          log(look, state, "news")
        ],
    width,
    height
  )

const wide = (look: Look, state: State, width: number, height: number): ReadonlyArray<string> => {
  if (state.parts.Node === undefined) return narrow(look, state, width, height)
  const machine = system(look, state)
  const top = stack(look, [machine], width, Math.min(1 + machine.wants, Math.floor(height / 3)))
  const rest = height - top.length
  const [leftWidth, rightWidth] = halves(width)
  const left = [...installs(look, state), models(look, state), backends(look, state)]
  const right = [throughput(look, state, graphHeight), jobs(look, state)]
  // The log takes what the lists leave, and never less than its share.
  const middle = Math.min(rest - Math.max(5, Math.floor(rest / 3)), Math.max(wanted(left), wanted(right)))
  return [
    ...top,
    ...beside(stack(look, left, leftWidth, middle), stack(look, right, rightWidth, middle), leftWidth),
    ...stack(look, [log(look, state, "news")], width, rest - middle)
  ]
}

const body = (look: Look, state: State, width: number, height: number): ReadonlyArray<string> => {
  switch (state.view) {
    case "logs":
      return stack(look, [log(look, state, "all")], width, height)
    case "models":
      return stack(look, [models(look, state, state.scroll)], width, height)
    case "help":
      return stack(look, [help(look)], width, height)
    case "overview":
      return (width >= wideFrom ? wide : narrow)(look, state, width, height)
  }
}

const footer = ({ theme }: Look, { notice, parts: { Link }, view }: State, width: number): string => {
  const drained = Link?.drained_by.includes("machine") === true
  const key = (name: string, what: string) => `${theme.key(` ${name} `)} ${what}`
  const keys = joinFitting(
    [
      key("q", "quit"),
      Link === undefined ? "" : key("d", drained ? "resume" : "drain"),
      key("l", view === "logs" ? "back" : "logs"),
      key("m", view === "models" ? "back" : "models"),
      key("↑↓", "scroll"),
      key("?", view === "help" ? "back" : "help")
    ],
    "  ",
    width
  )
  if (notice === undefined) return keys
  const told = theme.warn(cut(clean(notice.text), width))
  const both = `${keys}   ${told}`
  // It stays for a moment only: what does not fit beside the keys takes their place.
  return widthOf(both) <= width ? both : told
}

/** Exactly as many lines as the terminal has, none wider than it. */
export const frame = (look: Look, state: State, { columns, rows }: Size): ReadonlyArray<string> => {
  if (columns < leastSize.columns || rows < leastSize.rows) {
    const words = cut(`make this terminal larger: ${leastSize.columns}×${leastSize.rows} at least (q quits)`, columns)
    return Array.from({ length: rows }, (_, row) => (row === 0 ? words : ""))
  }
  const lines = [
    ...header(look, state, columns),
    ...body(look, state, columns, bodyHeight({ columns, rows })),
    footer(look, state, columns)
  ]
  return lines.map((line) => cut(line, columns))
}
