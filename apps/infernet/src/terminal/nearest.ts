/** Which of some names a person may have meant. */

/** How many letters have to be inserted, left out, changed or swapped with the next to get from one word to the other. */
const distance = (from: string, to: string): number => {
  let before: ReadonlyArray<number> = []
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (let line = 0; line < from.length; line++) {
    const current = [line + 1]
    for (let column = 0; column < to.length; column++) {
      const changed = (above[column] ?? 0) + (from[line] === to[column] ? 0 : 1)
      const isSwapped = from[line] === to[column - 1] && from[line - 1] === to[column]
      const swapped = isSwapped ? (before[column - 1] ?? Infinity) + 1 : Infinity
      current.push(Math.min(changed, swapped, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
    before = above
    above = current
  }
  return above[to.length] ?? 0
}

/** The name that is at most two slips away; none where a word is too short or too far from all. */
export const nearest = (word: string, names: ReadonlyArray<string>): string | undefined =>
  names
    .map((name) => ({ name, slips: distance(word.toLowerCase(), name) }))
    .filter(({ name, slips }) => slips <= 2 && slips < name.length / 2)
    .toSorted((a, b) => a.slips - b.slips)[0]?.name
