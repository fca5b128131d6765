/** What came of each fault, as people and programs read it. */

/** What a scenario found. `broken` names each promise that was not kept, in a sentence. */
export interface Finding {
  readonly times: number
  readonly seen: string
  readonly broken: ReadonlyArray<string>
}

export interface Scenario {
  readonly name: string
  readonly fault: string
  readonly injected: string
  /** Why it cannot run here; nothing when it can. */
  readonly missing?: () => string | undefined
  readonly run: (random: () => number) => Promise<Finding>
}

export interface Row extends Finding {
  readonly name: string
  readonly fault: string
  readonly injected: string
  readonly seconds: number
  readonly skipped?: string
}

/** Collects broken promises. */
export class Promises {
  readonly broken: Array<string> = []

  expect(holds: boolean, otherwise: string): void {
    if (!holds) this.broken.push(otherwise)
  }

  /** The stream is this one to the byte. */
  same(what: string, got: string, wanted: string): void {
    if (got === wanted) return
    let at = 0
    while (at < got.length && got[at] === wanted[at]) at++
    const show = (text: string) => JSON.stringify(text.slice(Math.max(0, at - 20), at + 60))
    this.broken.push(
      `${what}: differs at byte ${at} of ${wanted.length}: got ${show(got)}, not ${show(wanted)} (${got.length} bytes)`
    )
  }
}

const verdict = ({ broken, skipped }: Row) =>
  skipped === undefined ? (broken.length === 0 ? "held" : `**broken** (${broken.length})`) : "skipped"

export const table = (rows: ReadonlyArray<Row>): string =>
  [
    "| fault | how it was injected | times | what a client saw | promise | s |",
    "| --- | --- | ---: | --- | --- | ---: |",
    ...rows.map((row) =>
      [
        "",
        row.fault,
        row.injected,
        String(row.times),
        row.skipped ?? row.seen,
        verdict(row),
        row.seconds.toFixed(1),
        ""
      ]
        .join(" | ")
        .trim()
    )
  ].join("\n")

/** Random numbers that repeat by seed (mulberry32). */
export const seeded = (seed: number) => {
  let state = seed
  return (): number => {
    state = (state + 0x6d2b79f5) | 0
    let t = Math.imul(state ^ (state >>> 15), 1 | state)
    t = (t + Math.imul(t ^ (t >>> 7), 61 | t)) ^ t
    return ((t ^ (t >>> 14)) >>> 0) / 4_294_967_296
  }
}

export const millis = (values: ReadonlyArray<number>): string => {
  const sorted = values.toSorted((a, b) => a - b)
  return `${Math.round(sorted[0] ?? 0)}–${Math.round(sorted.at(-1) ?? 0)} ms`
}
