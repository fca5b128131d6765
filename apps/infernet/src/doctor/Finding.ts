/** What came of one check: a level, what was seen, and what to do about it. */

export type Level = "ok" | "warn" | "fail"

export interface Finding {
  /** Two words at most: what was looked at. */
  readonly check: string
  readonly level: Level
  readonly text: string
  /** What to do; none where nothing is to be done, or an earlier finding says it. */
  readonly advice?: string
}

const finding =
  (check: string, level: Level) =>
  (text: string, advice?: string): Finding => ({
    check,
    level,
    text,
    ...(advice !== undefined && { advice })
  })

/** Makes the findings of one check. What only follows from an earlier finding needs no advice of its own. */
export const of = (check: string) => ({
  ok: finding(check, "ok"),
  warn: finding(check, "warn"),
  fail: finding(check, "fail")
})

/** Whether nothing that a node or a network needs is missing. */
export const isWell = (findings: ReadonlyArray<Finding>): boolean => findings.every(({ level }) => level !== "fail")
