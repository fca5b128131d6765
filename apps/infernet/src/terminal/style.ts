/** How lines look: colour where a person reads them, cut to the width of the terminal, safe to print. */

import { fold } from "./fold.ts"

type Out = Pick<NodeJS.WriteStream, "isTTY" | "columns">

/** Whether a stream is a terminal that wants colour. */
export const hasColor = ({ isTTY }: Pick<Out, "isTTY">): boolean =>
  isTTY === true && !process.env["NO_COLOR"] && process.env["TERM"] !== "dumb"

const colored =
  (stream: Out, open: number, close: number) =>
  (text: string): string =>
    hasColor(stream) ? `\u001b[${open}m${text}\u001b[${close}m` : text

export const bold = colored(process.stdout, 1, 22)
export const dim = colored(process.stdout, 2, 22)
export const green = colored(process.stdout, 32, 39)
export const yellow = colored(process.stdout, 33, 39)
export const red = colored(process.stdout, 31, 39)

/** The same for standard error, which may go elsewhere. */
export const onError = {
  dim: colored(process.stderr, 2, 22),
  red: colored(process.stderr, 31, 39),
  yellow: colored(process.stderr, 33, 39)
}

const labelWidth = 10
const indent = 2

/** `  label     text`, as every start prints; a text too long for the terminal goes on below itself. */
export const row = (label: string, text: string): string =>
  fold(`${" ".repeat(indent)}${dim(label.padEnd(labelWidth))}${text}`, columnsAfter(0), indent + labelWidth)

/** A text cut in its middle, where names differ least, to a number of columns. */
export const fit = (text: string, width: number): string => {
  if (text.length <= width) return text
  const kept = Math.max(2, width - 1)
  return `${text.slice(0, Math.ceil(kept / 2))}…${text.slice(text.length - Math.floor(kept / 2))}`
}

// A terminal that nobody has given a size says 0.
const columnsOf = ({ columns, isTTY }: Out): number => (isTTY && columns > 0 ? columns : Number.POSITIVE_INFINITY)

/** How many columns of the terminal are left behind so many; any number where nothing has an edge. */
export const columnsAfter = (taken: number): number => Math.max(0, columnsOf(process.stdout) - taken)

/** A sentence on standard error, whole words to a line where a person reads it. */
export const folded = (sentence: string, margin = indent): string => fold(sentence, columnsOf(process.stderr), margin)

/** How wide a row's text may be. */
export const rowWidth = (): number => columnsAfter(indent + labelWidth)

/** A text of unknown length as a row's: cut rather than wrapped. */
export const fitRow = (text: string): string => fit(text, rowWidth())

/** Lines of whole words, each within a width; a longer word has a line of its own. */
export const wrap = (text: string, width: number): ReadonlyArray<string> =>
  fold(text.replace(/\s+/g, " "), width).split("\n")

/** Columns as wide as their widest cell, two spaces between them. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  return rows
    .map((cells, line) => {
      const text = cells
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd()
      return line === 0 ? dim(text) : text
    })
    .join("\n")
}

/** Control characters as what they are called, so that a text from elsewhere cannot drive the terminal. */
export const plain = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)
