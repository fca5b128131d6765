/** Lines too long for a terminal, broken between words: the rest goes on below where their text began. */

const split = (text: string): ReadonlyArray<string> => text.match(/ +|[^ ]+/g) ?? []

/** Words and the gaps between them; a command in backticks, and a text in quotes, is one word where there is room. */
const piecesOf = (line: string, room: number): ReadonlyArray<string> =>
  (line.match(/ +|(?:`[^`]*`|"[^"]*"|[^ ])+/g) ?? []).flatMap((piece) =>
    piece.includes(" ") && piece.trim() !== "" && Bun.stringWidth(piece) > room ? split(piece) : [piece]
  )

/**
 * A line as one or more of at most `width` columns, all but the first behind so many blanks. Colours take no room; a
 * word wider than the terminal stays whole, as an address that is copied has to.
 */
export const fold = (line: string, width: number, indent = 0): string => {
  // A margin that leaves next to nothing is no help.
  const margin = indent * 2 < width ? indent : 0
  let [text, column, gap] = ["", 0, ""]
  for (const piece of piecesOf(line, width - margin)) {
    if (piece.trim() === "") {
      gap = piece
      continue
    }
    const size = Bun.stringWidth(piece)
    const isFirst = column === 0
    if (!isFirst && column + gap.length + size > width) {
      text += `\n${" ".repeat(margin)}${piece}`
      column = margin + size
    } else {
      text += gap + piece
      column += gap.length + size
    }
    gap = ""
  }
  return text + gap
}
