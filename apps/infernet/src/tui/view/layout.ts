/** Where panels go: each gets what it needs, then what it could use, and those that matter least go first. */
import { cut, pad, widthOf } from "../text.ts"
import type { Look, Panel } from "./look.ts"

/**
 * How many lines each panel gets below its title; none means that it is not shown. The first panels matter most. What
 * nobody needs is dealt out a line at a time, so that long lists share it.
 */
export const allot = (panels: ReadonlyArray<Panel>, height: number): ReadonlyArray<number | undefined> => {
  const lines: Array<number | undefined> = panels.map(() => undefined)
  let left = height
  panels.forEach(({ least }, index) => {
    if (least + 1 > left) return
    lines[index] = least
    left -= least + 1
  })
  while (left > 0) {
    const before = left
    for (const [index, { wants }] of panels.entries()) {
      const has = lines[index]
      if (has === undefined || has >= wants || left === 0) continue
      lines[index] = has + 1
      left -= 1
    }
    if (left === before) break
  }
  return lines
}

/** `─ Models ───────── 2 loaded ─`. */
const titleLine = ({ theme }: Look, { note, title }: Panel, width: number): string => {
  const head = widthOf(`─ ${title} `)
  const room = width - head - 4
  const told = room < 8 ? "" : cut(note, room)
  const tail = told === "" ? 0 : widthOf(told) + 3
  const rule = theme.faint("─".repeat(Math.max(0, width - head - tail)))
  return `${theme.faint("─")} ${theme.strong(title)} ${rule}${told === "" ? "" : ` ${told} ${theme.faint("─")}`}`
}

/** Exactly `height` lines of at most `width` columns. */
export const stack = (
  look: Look,
  panels: ReadonlyArray<Panel>,
  width: number,
  height: number
): ReadonlyArray<string> => {
  const lines = allot(panels, height).flatMap((body, index) => {
    const panel = panels[index]
    if (body === undefined || panel === undefined) return []
    const drawn = panel.draw(width, body).slice(0, body)
    // A panel in the middle keeps its place when it has less to say than it was given.
    return [titleLine(look, panel, width), ...drawn, ...Array.from({ length: body - drawn.length }, () => "")]
  })
  return Array.from({ length: height }, (_, row) => cut(lines[row] ?? "", width))
}

const gap = "  "

/** Two columns beside each other; lines of the left one are filled up to its width. */
export const beside = (
  left: ReadonlyArray<string>,
  right: ReadonlyArray<string>,
  leftWidth: number
): ReadonlyArray<string> =>
  Array.from({ length: Math.max(left.length, right.length) }, (_, row) =>
    `${pad(left[row] ?? "", leftWidth)}${gap}${right[row] ?? ""}`.trimEnd()
  )

/** How wide each of two columns is. */
export const halves = (width: number): readonly [left: number, right: number] => {
  const left = Math.floor((width - gap.length) / 2)
  return [left, width - gap.length - left]
}
