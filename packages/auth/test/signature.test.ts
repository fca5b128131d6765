import { describe, expect, test } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { addressOf, bodyHash, digestOf } from "@infernet/auth/signature"
import { ControlPlaneId } from "@infernet/contract/Id"
import { bytesToHex, hexToBytes, utf8ToBytes } from "@noble/hashes/utils.js"
import { Redacted } from "effect"
import vectors from "../../contract/test/signed-request.json"

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
    })
  }
})

test("what is no point of the curve has no address", () => {
  expect(addressOf(`02${"f".repeat(64)}`)).toBeUndefined()
  expect(addressOf("")).toBeUndefined()
})
