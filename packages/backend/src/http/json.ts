/** Hand-checked access to JSON of unknown shape: plain code, for what runs once a token or answers in many dialects. */
export type JsonRecord = { readonly [key: string]: unknown }

export const isRecord = (value: unknown): value is JsonRecord =>
  typeof value === "object" && value !== null && !Array.isArray(value)

/** `undefined` where the text is no JSON. */
export const parse = (text: string): unknown => {
  try {
    return JSON.parse(text)
  } catch {
    return undefined
  }
}

export const recordOf = (value: unknown): JsonRecord => (isRecord(value) ? value : {})

/** The records of an array; anything else has none. */
export const recordsOf = (value: unknown): ReadonlyArray<JsonRecord> =>
  Array.isArray(value) ? value.filter((item): item is JsonRecord => isRecord(item)) : []

/** A string with something in it. */
export const stringOf = (value: unknown): string | undefined =>
  typeof value === "string" && value !== "" ? value : undefined

/** A whole number of at least 0: absent is not 0. */
export const countOf = (value: unknown): number | undefined =>
  typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : undefined
