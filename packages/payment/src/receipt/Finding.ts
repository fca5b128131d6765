/** What a look at receipts has found: each a sentence, and how much it weighs. */

/**
 * `ok`: was checked and holds. `warn`: cannot be told from the documents alone, or is unusual. `fail`: the document is
 * not what it says it is.
 */
export type Level = "ok" | "warn" | "fail"

/** What was looked at. */
export type Check =
  | "form"
  | "id"
  | "node_signature"
  | "node_key"
  | "plane_signature"
  | "plane_key"
  | "amount"
  | "sum"
  | "terms"
  | "times"
  | "numbers"
  | "sums"
  | "segments"

export interface Finding {
  readonly level: Level
  readonly check: Check
  readonly text: string
}

export const ok = (check: Check, text: string): Finding => ({ level: "ok", check, text })
export const warn = (check: Check, text: string): Finding => ({ level: "warn", check, text })
export const fail = (check: Check, text: string): Finding => ({ level: "fail", check, text })

export const holds = (findings: ReadonlyArray<Finding>): boolean => findings.every(({ level }) => level !== "fail")
