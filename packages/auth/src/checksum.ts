/** Ethereum addresses as people copy them: a slip of one letter shows in the case of the others (EIP-55). */
import { keccak_256 } from "@noble/hashes/sha3.js"
import { bytesToHex, utf8ToBytes } from "@noble/hashes/utils.js"

/** The address in mixed case, of one in any case; `undefined` when it is not 0x and 40 hexadecimal digits. */
export const withChecksum = (address: string): string | undefined => {
  if (!/^0x[0-9a-f]{40}$/i.test(address)) return undefined
  const digits = address.slice(2).toLowerCase()
  const hash = bytesToHex(keccak_256(utf8ToBytes(digits)))
  const upper = (index: number) => Number.parseInt(hash.charAt(index), 16) >= 8
  return `0x${[...digits].map((digit, index) => (upper(index) ? digit.toUpperCase() : digit)).join("")}`
}

/** Whether the case of its letters is the address's checksum; one in lower case alone carries none. */
export const hasChecksum = (address: string): boolean => withChecksum(address) === address
