/** Text in terminal columns: wide characters count as two, and nothing in a name can drive the terminal. */

const space = /[\s\p{Z}]+/gu
/**
 * Everything that is no visible character: controls, directions, joiners, halves of characters, and the selectors whose
 * width terminals disagree on.
 */
const invisible = /[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Cn}\ufe00-\ufe0f]/gu
/** Marks on one letter; more than a few are no language, but a way to draw over other lines. */
const piledUp = /(\p{M}{3})\p{M}+/gu

/** A text from elsewhere as one line of visible characters. */
export const clean = (text: string): string => text.replace(space, " ").replace(invisible, "").replace(piledUp, "$1")

export const widthOf = (text: string): number => Bun.stringWidth(text)

const ellipsis = "…"

/** At most so many columns, styles kept; what is cut off at the end is told by `…`. */
export const cut = (text: string, width: number): string =>
  widthOf(text) <= width ? text : width <= 0 ? "" : Bun.sliceAnsi(text, 0, width, ellipsis)

/** Cut in its middle, where names differ least. */
export const cutMiddle = (text: string, width: number): string => {
  const full = widthOf(text)
  if (full <= width) return text
  if (width < 5) return cut(text, width)
  const head = Math.ceil((width - 1) / 2)
  return `${Bun.sliceAnsi(text, 0, head)}${ellipsis}${Bun.sliceAnsi(text, full - (width - 1 - head))}`
}

/** Exactly so many columns. */
export const pad = (text: string, width: number): string => {
  const fitting = cut(text, width)
  return fitting + " ".repeat(Math.max(0, width - widthOf(fitting)))
}

export const padStart = (text: string, width: number): string => {
  const fitting = cut(text, width)
  return " ".repeat(Math.max(0, width - widthOf(fitting))) + fitting
}

/** As many of the texts, in their order, as fit beside each other; the rest is left out whole. */
export const joinFitting = (texts: ReadonlyArray<string>, gap: string, width: number): string => {
  let line = ""
  for (const text of texts) {
    if (text === "") continue
    const longer = line === "" ? text : `${line}${gap}${text}`
    if (widthOf(longer) > width) continue
    line = longer
  }
  return line
}
