/** The names nearest to a misspelt one, by edit distance (Levenshtein 1966), for error messages. */

const distance = (a: string, b: string): number => {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i)
  for (let i = 1; i <= a.length; i++) {
    const row = [i]
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1)
      row.push(Math.min(substitution, (previous[j] ?? 0) + 1, (row[j - 1] ?? 0) + 1))
    }
    previous = row
  }
  return previous[b.length] ?? 0
}

/** Longer names are compared by their beginnings: the work grows with the product of the lengths. */
const longest = 64

/** Up to `count` of `names`, the most similar to `wanted` first. */
export const nearest = (wanted: string, names: Iterable<string>, count = 3): ReadonlyArray<string> => {
  const target = wanted.slice(0, longest).toLowerCase()
  return [...names]
    .map((name) => ({ name, score: distance(target, name.slice(0, longest).toLowerCase()) }))
    .sort((a, b) => a.score - b.score || (a.name < b.name ? -1 : 1))
    .slice(0, count)
    .map(({ name }) => name)
}
