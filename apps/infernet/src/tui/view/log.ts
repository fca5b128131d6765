/** The end of the log, or what came before it. */
import type { LogLine, State } from "../State.ts"
import { clean, cut } from "../text.ts"
import type { Look, Panel } from "./look.ts"
import { counted } from "./units.ts"

const everyLine = Number.MAX_SAFE_INTEGER

export const log = ({ theme, time }: Look, { log: lines, scroll, view }: State): Panel => {
  const color = { debug: theme.faint, info: (text: string) => text, warn: theme.warn, error: theme.bad }
  const draw = ({ at, level, text }: LogLine, width: number): string => {
    const head = `${at === undefined ? " ".repeat(8) : theme.faint(time(at))} ${color[level](level.padEnd(5))} `
    return `${head}${cut(clean(text), Math.max(0, width - 15))}`
  }
  const scrolled = view === "models" ? 0 : scroll
  return {
    title: "Log",
    note: scrolled === 0 ? "" : `${counted(scrolled, "line")} below`,
    least: 2,
    wants: everyLine,
    draw: (width, height) => {
      if (lines.length === 0) return [theme.faint("nothing is logged yet")]
      const end = Math.max(Math.min(height, lines.length), lines.length - scrolled)
      return lines.slice(Math.max(0, end - height), end).map((line) => draw(line, width))
    }
  }
}
