/** Which of the two keys of a signature signed it: what chains want to know besides the 64 bytes. */
import { recovered } from "./recover.ts"

/** The parity of a point of the curve, by the signer's address; `undefined` where it did not sign, or `s` is high. */
export const parityOf = (signature: string, digest: Uint8Array, signer: string): 0 | 1 | undefined =>
  recovered(signature, digest, signer)?.parity
