/** JSON for programs, of what came decoded from an API: amounts, which are integers on the wire, are that here as well. */

/** None is larger than JSON's numbers tell apart: the schema of amounts saw to it. */
const asOnTheWire = (_: string, value: unknown): unknown => (typeof value === "bigint" ? Number(value) : value)

export const jsonText = (value: unknown, indent?: number): string => JSON.stringify(value, asOnTheWire, indent)
