/** Money: whole micro-USDC, as `bigint` in code, so that no sum is ever rounded. */
import { Schema, SchemaGetter } from "effect"

const safe = Schema.Int.check(Schema.isBetween({ minimum: -Number.MAX_SAFE_INTEGER, maximum: Number.MAX_SAFE_INTEGER }))

/** As JSON and metrics have numbers: exact, as no amount is larger than those tell apart. The only way to one. */
export const numberOf = (micros: bigint): number => Number(micros)

const fromNumber = {
  decode: SchemaGetter.transform((micros: number) => BigInt(micros)),
  encode: SchemaGetter.transform(numberOf)
}

/** An amount that may be owed as well as had: a JSON integer of micro-USDC, a millionth of a dollar each. */
export const SignedMicros = safe.pipe(
  Schema.decodeTo(
    // No more than JSON's numbers tell apart.
    Schema.BigInt.check(
      Schema.isBetweenBigInt({
        minimum: BigInt(-Number.MAX_SAFE_INTEGER),
        maximum: BigInt(Number.MAX_SAFE_INTEGER)
      })
    ),
    fromNumber
  )
)

/** An amount: a JSON integer of micro-USDC, 0 to 9 billion dollars. */
export const Micros = SignedMicros.check(Schema.isGreaterThanOrEqualToBigInt(0n))
export type Micros = typeof Micros.Type

/**
 * An amount in a document that is signed or kept: micro-USDC as a decimal string, `"1250"`, which JSON neither rounds nor
 * writes in two ways. `BigInt` reads it.
 */
export const MicrosText = Schema.String.check(
  Schema.isPattern(/^(?:0|[1-9][0-9]{0,38})$/, { message: "expected micro-USDC as a whole number in a string" })
)
export type MicrosText = typeof MicrosText.Type

const micro = 1_000_000n

/** Dollars as people read them, to the last micro-USDC and no longer than need be: `0.00125`, `12.5`, `-3`. */
export const usdc = (micros: bigint): string => {
  const [sign, absolute] = micros < 0n ? ["-", -micros] : ["", micros]
  const fraction = (absolute % micro).toString().padStart(6, "0").replace(/0+$/, "")
  return `${sign}${absolute / micro}${fraction === "" ? "" : `.${fraction}`}`
}

const decimal = /^([0-9]{1,12})(?:\.([0-9]{1,6}))?$/

/** Reads what `usdc` writes; `undefined` where it is no amount, or finer than a micro-USDC. */
export const ofUsdc = (text: string): bigint | undefined => {
  const [, whole, fraction = ""] = decimal.exec(text) ?? []
  return whole === undefined ? undefined : BigInt(whole) * micro + BigInt(fraction.padEnd(6, "0"))
}
