import { describe, expect, test } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { addressOf, bodyHash, digestOf, verify } from "@infernet/auth/signature"
import { ControlPlaneId } from "@infernet/contract/Id"
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import { Redacted } from "effect"
import vectors from "../../contract/test/signed-request.json"

const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n

/** The other signature that the bare equations take for the same key and digest. */
const withHighS = (signature: string) =>
  signature.slice(0, 64) + (order - BigInt(`0x${signature.slice(64)}`)).toString(16).padStart(64, "0")

describe("known answers", () => {
  for (const vector of vectors) {
    const { control_plane, method, nonce, path, timestamp } = vector
    test(vector.name, () => {
      const identity = Identity.fromSecretKey(Redacted.make(hexToBytes(vector.secret_key)))
      expect(identity).toMatchObject({ id: vector.address, publicKey: vector.public_key })
      const controlPlane = ControlPlaneId.make(control_plane)
      const hash = bodyHash(utf8ToBytes(vector.body))
      const digest = digestOf({ controlPlane, method, path, bodyHash: hash, nonce, timestamp })
      expect(bytesToHex(digest)).toBe(vector.digest)
      expect(identity.sign(digest)).toBe(vector.signature)
      expect(verify(vector.signature, digest, vector.public_key)).toBe(true)
      expect(verify(withHighS(vector.signature), digest, vector.public_key)).toBe(false)
    })
  }
})

test("what is no point of the curve has no address and verifies nothing", () => {
  const [vector] = vectors
  const nowhere = `02${"f".repeat(64)}`
  expect(addressOf(nowhere)).toBeUndefined()
  expect(addressOf("")).toBeUndefined()
  expect(verify(vector?.signature ?? "", hexToBytes(vector?.digest ?? ""), nowhere)).toBe(false)
  expect(verify("0".repeat(128), hexToBytes(vector?.digest ?? ""), vector?.public_key ?? "")).toBe(false)
})
