/** Which of some names a person may have meant. */

/** How many letters have to be inserted, left out or changed to get from one word to the other. */
const distance = (from: string, to: string): number => {
  let above = Array.from({ length: to.length + 1 }, (_, column) => column)
  for (const [line, letter] of [...from].entries()) {
    const current = [line + 1]
    for (const [column, other] of [...to].entries()) {
      const changed = (above[column] ?? 0) + (letter === other ? 0 : 1)
      current.push(Math.min(changed, (above[column + 1] ?? 0) + 1, (current[column] ?? 0) + 1))
    }
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
