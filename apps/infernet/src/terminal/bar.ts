/** How far an installation is, in a line that fits: a bar, how much of how much, how fast, how much longer. */
import { bytesOf } from "@infernet/backend/install/bytes"
import type { CommandProgress } from "@infernet/contract/Command"

/** Phases as verbs of one width with the labels of other rows. */
const labels: Readonly<Record<CommandProgress["phase"], string>> = {
  checking: "checking",
  downloading: "fetching",
  verifying: "verifying",
  loading: "loading",
  removing: "removing"
}

export const labelOf = (progress: CommandProgress | undefined): string =>
  progress === undefined ? "waiting" : labels[progress.phase]

const barWidth = { least: 8, most: 30 }

/** `1 h 5 min`, `4 min 10 s`, `8 s`. */
export const span = (seconds: number): string => {
  const whole = Math.max(0, Math.round(seconds))
  if (whole < 60) return `${whole} s`
  const minutes = Math.floor(whole / 60)
  if (minutes < 10) return `${minutes} min ${whole % 60} s`
  if (minutes < 60) return `${minutes} min`
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`
}

const bar = (share: number, width: number): string => {
  const full = Math.round(share * width)
  return `${"█".repeat(full)}${"░".repeat(width - full)}`
}

/** Text for a row of so many columns; `seconds` is how long it has been going on. */
export const progressText = (progress: CommandProgress | undefined, seconds: number, columns: number): string => {
  if (progress === undefined) return `its turn comes after other installations (${span(seconds)})`
  const { bytes_per_second: rate, completed_bytes: done, phase, total_bytes: total } = progress
  if (done === undefined || total === undefined || total === 0) {
    return done === undefined ? `… (${span(seconds)})` : bytesOf(done)
  }
  // A total may be found out to be more while parts of it are done.
  const share = Math.min(1, done / total)
  const facts = [`${Math.floor(share * 100)} %`.padStart(5), `${bytesOf(done)} of ${bytesOf(total)}`]
  if (phase === "downloading" && rate !== undefined && rate > 0) {
    facts.push(`${bytesOf(rate)}/s`, `${span((total - done) / rate)} left`)
  }
  const text = facts.join("  ")
  const width = Math.min(barWidth.most, columns - text.length - 2)
  return width < barWidth.least ? text.trimStart() : `${bar(share, width)}  ${text}`
}
