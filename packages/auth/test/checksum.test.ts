import { expect, test } from "bun:test"
import { hasChecksum, withChecksum } from "@infernet/auth/checksum"

/** From EIP-55. */
const known = [
  "0x5aAeb6053F3E94C9b9A09f33669435E7Ef1BeAed",
  "0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359",
  "0xdbF03B407c01E7cD3CBea99509d93f8DDDC8C6FB",
  "0xD1220A0cf47c7B9Be7A2E6BA89F429762e7b9aDb",
  "0x52908400098527886E0F7030069857D2E4169EE7",
  "0xde709f2102306220921060314715629080e2fb77"
]

test("takes addresses as wallets show them, and sees each letter that is not", () => {
  for (const address of known) {
    expect(withChecksum(address.toLowerCase())).toBe(address)
    expect(hasChecksum(address)).toBe(true)
    for (let at = 2; at < address.length; at++) {
      const sign = address.charAt(at)
      const other = sign === sign.toLowerCase() ? sign.toUpperCase() : sign.toLowerCase()
      if (other !== sign) expect(hasChecksum(address.slice(0, at) + other + address.slice(at + 1))).toBe(false)
    }
  }
  for (const wrong of ["", "0x", known[0]?.slice(2) ?? "", `${known[0]}0`, `0x${"g".repeat(40)}`]) {
    expect(withChecksum(wrong)).toBeUndefined()
  }
})
