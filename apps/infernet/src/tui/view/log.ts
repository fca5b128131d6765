/** The end of the log, or what came before it. */
import type { LogLine, State } from "../State.ts"
import { clean, cut } from "../text.ts"
import type { Look, Panel } from "./look.ts"
import { counted } from "./units.ts"

const everyLine = Number.MAX_SAFE_INTEGER

/** What the panels beside the log tell already, a line or more for each. */
const toldElsewhere = /^(job|heartbeat)\b/

const isNews = ({ level, text }: LogLine): boolean => level !== "info" || !toldElsewhere.test(text)

/** The whole log, or what the other panels do not tell. */
export const log = ({ theme, time }: Look, state: State, which: "all" | "news"): Panel => {
  const lines = which === "all" ? state.log : state.log.filter(isNews)
  const color = { debug: theme.faint, info: (text: string) => text, warn: theme.warn, error: theme.bad }
  const draw = ({ at, level, text }: LogLine, width: number): string => {
    const head = `${at === undefined ? " ".repeat(8) : theme.faint(time(at))} ${color[level](level.padEnd(5))} `
    return `${head}${cut(clean(text), Math.max(0, width - 15))}`
  }
  const scrolled = Math.min(state.scroll, Math.max(0, lines.length - 1))
  const left = state.log.length - lines.length
  return {
    title: "Log",
    note: scrolled > 0 ? `${counted(scrolled, "line")} below` : left > 0 ? "jobs and heartbeats left out" : "",
    least: 2,
    wants: everyLine,
    draw: (width, height) => {
      if (lines.length === 0) return [theme.faint("nothing is logged yet")]
      const end = Math.max(Math.min(height, lines.length), lines.length - scrolled)
      return lines.slice(Math.max(0, end - height), end).map((line) => draw(line, width))
    }
  }
}
