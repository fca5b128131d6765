/** Signatures of 64 bytes `r‖s` as the contract takes them: EIP-2098, where the top bit of `s` says which of two keys. */
import { parityOf } from "@infernet/auth/parity"
import type { Address, Signature } from "@infernet/contract/Receipt"
import type { Hex } from "viem"

export interface CompactSignature {
  readonly r: Hex
  readonly vs: Hex
}

/** Where a channel needs no signature there. */
export const noSignature: CompactSignature = { r: `0x${"0".repeat(64)}`, vs: `0x${"0".repeat(64)}` }

/** `undefined` where it is not the signer's signature of the digest. */
export const compact = (signature: Signature, digest: Uint8Array, signer: Address): CompactSignature | undefined => {
  const parity = parityOf(signature, digest, signer)
  if (parity === undefined) return undefined
  const [r, s] = [signature.slice(0, 64), signature.slice(64)]
  // A low `s` leaves the top bit free.
  const first = Number.parseInt(s.slice(0, 2), 16) | (parity << 7)
  return { r: `0x${r}`, vs: `0x${first.toString(16).padStart(2, "0")}${s.slice(2)}` }
}

/** The 65 bytes `r‖s‖v` that wallets' signatures are in elsewhere; `undefined` as above. */
export const long = (signature: Signature, digest: Uint8Array, signer: Address): Hex | undefined => {
  const parity = parityOf(signature, digest, signer)
  return parity === undefined ? undefined : `0x${signature}${parity === 0 ? "1b" : "1c"}`
}
