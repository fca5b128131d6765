/** Amounts for people. */
import { usdc } from "@infernet/contract/Micros"

/** `$0.003`, to the last micro-USDC. */
export const dollars = (micros: bigint): string => (micros < 0n ? `-$${usdc(-micros)}` : `$${usdc(micros)}`)

/** The same of what was earned or is owed for one job. */
export const charged = (micros: bigint): string => (micros === 0n ? "not charged" : dollars(micros))
