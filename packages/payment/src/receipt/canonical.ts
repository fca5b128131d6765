/** JSON that is written in one way only, as RFC 8785 has it, so that two programs hash the same bytes. */

/**
 * Keys in the order of their UTF-16 units, no white space, strings and numbers as ECMAScript writes them. As in
 * `JSON.stringify`, fields that are `undefined` are left out. A lone surrogate, which RFC 8785 forbids, is written as
 * its escape.
 */
export const canonical = (value: unknown): string => {
  if (typeof value !== "object" || value === null) return JSON.stringify(value) ?? "null"
  if (Array.isArray(value)) return `[${value.map(canonical).join(",")}]`
  const fields = Object.entries(value).filter(([, field]) => field !== undefined)
  fields.sort(([a], [b]) => (a < b ? -1 : 1))
  return `{${fields.map(([key, field]) => `${JSON.stringify(key)}:${canonical(field)}`).join(",")}}`
}
