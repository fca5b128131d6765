/** The few numbers wanted of a Prometheus page: tolerant of everything else on it, flat in memory. */

/** `name{label="value",…} number [timestamp]`; label values may hold escaped quotes and braces. */
const sample = /^([a-zA-Z_:][a-zA-Z0-9_:.]*)\s*(\{(?:[^"}]|"(?:[^"\\]|\\.)*")*\})?\s+(\S+)/

/** Exporters differ in how they write a namespace, and whether a counter says that it is one. */
const plain = (name: string): string => name.replaceAll(/[:.]/g, "_").replace(/_total$/, "")

/** Lines read at most: a page of many models' histograms has some thousands. */
const lineLimit = 100_000

export interface Metric {
  /** Over all labels. */
  readonly sum: number
  readonly samples: number
}

/** Looks up the first of these names that the page has; `:`, `.` and `_` are one, and `_total` is none. */
export type Page = (...names: ReadonlyArray<string>) => Metric | undefined

/** Reads a page for the metrics that are `wanted`; what it does not have is absent, never 0. */
export const read = (page: string, wanted: ReadonlyArray<string>): Page => {
  const names = new Set(wanted.map(plain))
  const found = new Map<string, Metric>()
  let start = 0
  for (let line = 0; line < lineLimit && start < page.length; line++) {
    const newline = page.indexOf("\n", start)
    const end = newline === -1 ? page.length : newline
    const [, written = "", , text = ""] = sample.exec(page.slice(start, end)) ?? []
    const name = plain(written)
    const value = Number(text)
    if (names.has(name) && Number.isFinite(value)) {
      const { samples, sum } = found.get(name) ?? { sum: 0, samples: 0 }
      found.set(name, { sum: sum + value, samples: samples + 1 })
    }
    start = end + 1
  }
  return (...asked) => {
    const name = asked.map(plain).find((name) => found.has(name))
    return name === undefined ? undefined : found.get(name)
  }
}

/** The value of a label on the first sample of this metric: some servers tell their settings so. */
export const labelOf = (page: string, metric: string, label: string): string | undefined => {
  const start = page.startsWith(`${metric}{`) ? 0 : page.indexOf(`\n${metric}{`)
  if (start === -1) return undefined
  const end = page.indexOf("\n", start + 1)
  const line = page.slice(start, end === -1 ? undefined : end)
  return new RegExp(`[{,]${label}="([^"\\\\]*)"`).exec(line)?.[1]
}
