/** What each key does, and where the numbers are from. */
import { wrap } from "../../terminal/style.ts"
import type { Look, Panel } from "./look.ts"

const keys: ReadonlyArray<readonly [key: string, what: string]> = [
  ["q", "quit; the node goes on"],
  ["d", "drain: take no new jobs and finish those that run; again to resume"],
  ["l", "the log alone, and back"],
  ["m", "all models, and back"],
  ["↑ ↓", "scroll a line; PgUp and PgDn a page, Home and End all the way"],
  ["Esc", "back to the overview"],
  ["?", "this help, and back"]
]

const notes = [
  "CPU and memory are the machine's, read here every second; GPUs are read by the node every ten.",
  "A drain that is asked for here lasts until it is resumed here, or the node stops.",
  "Tokens of jobs that run are pieces of text, which is close; those of jobs that ended are the backend's own count.",
  "For programs there is `infernet status --json`."
]

export const help = ({ theme }: Look): Panel => {
  const lines = (width: number): ReadonlyArray<string> => [
    ...keys.map(([key, what]) => `  ${theme.strong(key.padEnd(5))} ${what}`),
    "",
    ...notes.flatMap((note) => wrap(note, width - 2).map((line) => `  ${line}`))
  ]
  return { title: "Help", note: "", least: 1, wants: 40, draw: lines }
}
