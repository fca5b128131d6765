/** Amounts as bars, and amounts over time as a graph. */
import { bytesOf } from "@infernet/backend/install/bytes"
import type { Theme } from "../theme.ts"

/** From here on an amount is worth a look, and from here on a worry. */
const high = 0.75
const highest = 0.92

/** `████████░░░░`. */
export const bar = (theme: Theme, share: number, width: number, color = theme.bar): string => {
  const bounded = Math.min(1, Math.max(0, share))
  // Little is not nothing.
  const full = bounded > 0 ? Math.max(1, Math.round(bounded * width)) : 0
  return `${color("█".repeat(full))}${theme.faint("░".repeat(width - full))}`
}

/** The same of something that runs out, coloured by how full it is. */
export const fill = (theme: Theme, share: number, width: number): string =>
  bar(theme, share, width, share >= highest ? theme.bad : share >= high ? theme.warn : theme.bar)

export const percent = (share: number): string => `${Math.round(share * 100)} %`.padStart(5)

/** `11.2 of 62.8 GiB`: the unit once where both have it. */
export const ofTotal = (used: number, total: number): string => {
  const [amount = "", unit] = bytesOf(used).split(" ")
  const whole = bytesOf(total)
  return whole.endsWith(` ${unit}`) ? `${amount} of ${whole}` : `${bytesOf(used)} of ${whole}`
}

const eighths = [" ", "▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const

/** Lines from the top down; each column a value, the newest at the right. Scaled to the largest that is shown. */
export const graph = (values: ReadonlyArray<number>, width: number, height: number): ReadonlyArray<string> => {
  const shown = values.slice(-width)
  const top = Math.max(...shown, 1)
  const heights = shown.map((value) => {
    const exact = (value / top) * height * 8
    return value > 0 ? Math.max(1, Math.round(exact)) : 0
  })
  return Array.from({ length: height }, (_, line) => {
    const below = (height - 1 - line) * 8
    const cells = heights.map((units) =>
      // Nothing is on the ground line: a second that was measured is told from one that was not.
      units === 0 && below === 0 ? "_" : (eighths[Math.min(8, Math.max(0, units - below))] ?? " ")
    )
    return cells.join("").padStart(width)
  })
}
