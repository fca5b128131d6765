/** JSON for programs, of what came decoded from an API: amounts, which are integers on the wire, are that here as well. */

import { numberOf } from "@infernet/contract/Micros"

const asOnTheWire = (_: string, value: unknown): unknown => (typeof value === "bigint" ? numberOf(value) : value)

export const jsonText = (value: unknown, indent?: number): string => JSON.stringify(value, asOnTheWire, indent)
