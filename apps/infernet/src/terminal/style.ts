/** Colour where a person reads: on a terminal, unless NO_COLOR says otherwise. */

const on = (stream: { readonly isTTY?: boolean }) => stream.isTTY === true && !process.env["NO_COLOR"]

const wrap =
  (stream: { readonly isTTY?: boolean }, open: number, close: number) =>
  (text: string): string =>
    on(stream) ? `\u001b[${open}m${text}\u001b[${close}m` : text

export const bold = wrap(process.stdout, 1, 22)
export const dim = wrap(process.stdout, 2, 22)
export const green = wrap(process.stdout, 32, 39)
export const yellow = wrap(process.stdout, 33, 39)
export const red = wrap(process.stderr, 31, 39)

const labelWidth = 10

/** `  label     text`, as every start prints. */
export const row = (label: string, text: string): string => `  ${dim(label.padEnd(labelWidth))}${text}`

/** Columns as wide as their widest cell; the last one is not padded. */
export const table = (rows: ReadonlyArray<ReadonlyArray<string>>): string => {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((cells) => cells[column]?.length ?? 0)))
  return rows
    .map((cells, line) => {
      const text = cells
        .map((cell, column) => (column === cells.length - 1 ? cell : cell.padEnd(widths[column] ?? 0)))
        .join("  ")
      return line === 0 ? dim(text) : text
    })
    .join("\n")
}

/** Control characters as what they are called, so that a name from elsewhere cannot drive the terminal. */
export const plain = (text: string): string =>
  text.replace(/[^\P{Cc}\n\t]/gu, (char) => `\\x${char.charCodeAt(0).toString(16).padStart(2, "0")}`)
