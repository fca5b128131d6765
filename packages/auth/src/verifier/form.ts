/** The one form of a signature, and the one place that holds signatures to it. */

const compact = /^[0-9a-f]{128}$/
/** Half the order of the curve. */
const highestS = "7fffffffffffffffffffffffffffffff5d576e7357a4501ddfe92f46681b20a0"

/**
 * 64 bytes `r‖s` in lower-case hexadecimal with low `s`. The equation takes two values of `s`, and whoever sees one can
 * write the other: with only the lower allowed, nobody but the signer makes another signature.
 */
export const isInForm = (signature: string): boolean => compact.test(signature) && signature.slice(64) <= highestS
