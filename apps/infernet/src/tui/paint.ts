/** The least to write so that a screen that shows some lines shows others: only the lines that changed. */
import { widthOf } from "./text.ts"

const begin = "\u001b[?2026h"
const end = "\u001b[?2026l"
const reset = "\u001b[0m"
const restOfLine = "\u001b[K"

const at = (row: number): string => `\u001b[${row + 1};1H`

/**
 * Text for the terminal, empty when nothing changed. `before` is what it shows now: none when that is not known, as
 * after a change of its size. Terminals that can show it at once do.
 */
export const paint = (
  before: ReadonlyArray<string> | undefined,
  after: ReadonlyArray<string>,
  columns: number
): string => {
  const rows = Math.max(before?.length ?? 0, after.length)
  let text = ""
  for (let row = 0; row < rows; row++) {
    const line = after[row] ?? ""
    if (before !== undefined && line === (before[row] ?? "")) continue
    // After a full line the cursor still stands on its last column, which would be erased.
    text += `${at(row)}${line}${reset}${widthOf(line) < columns ? restOfLine : ""}`
  }
  return text === "" ? "" : `${begin}${text}${end}`
}
