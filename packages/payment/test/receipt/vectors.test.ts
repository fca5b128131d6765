import { describe, expect, test } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import { recover } from "@infernet/auth/recover"
import { verifyWith } from "@infernet/auth/verifier/Curve"
import { noble } from "@infernet/auth/verifier/noble"
import { ControlPlaneId } from "@infernet/contract/Id"
import { JobRequest } from "@infernet/contract/JobRequest"
import type { Entry } from "@infernet/contract/LinkRecord"
import { ChannelId } from "@infernet/contract/Receipt"
import { canonical } from "@infernet/payment/receipt/canonical"
import { billDigest, channelIdOf, usageHashOf, voucherDigest } from "@infernet/payment/receipt/digest"
import { holds } from "@infernet/payment/receipt/Finding"
import { requestHash, responseHash } from "@infernet/payment/receipt/hashes"
import { together } from "@infernet/payment/receipt/together"
import { verifyReceipt } from "@infernet/payment/receipt/verify"
import { Redacted, Schema } from "effect"
import { type Hex, recoverAddress, toHex } from "viem"
import vectors from "../../../contract/test/receipts.json"

const { keys, receipts, refused, requests, responses, voucher } = vectors
const verifier = { verify: verifyWith(noble) }
const controlPlane = ControlPlaneId.make(keys.control_plane.address)

/** As any library has it: the address behind a signature, found by recovery instead of verification. */
const signerOf = async (digest: string, signature: string): Promise<ReadonlyArray<string>> => {
  const of = (parity: string) => recoverAddress({ hash: digest as Hex, signature: `0x${signature}${parity}` })
  return (await Promise.all([of("1b"), of("1c")])).map((address) => address.toLowerCase())
}

for (const [name, key] of Object.entries(keys)) {
  test(`the key of the ${name.replaceAll("_", " ")}`, () => {
    const identity = Identity.fromSecretKey(Redacted.make(new Uint8Array(Buffer.from(key.secret_key, "hex"))))
    expect<string>(identity.id).toBe(key.address)
    expect(identity.publicKey).toBe(key.public_key)
  })
}

describe("hashes of requests", () => {
  for (const { canonical: text, name, request, sha256 } of requests) {
    test(name, () => {
      expect(canonical(request)).toBe(text)
      expect(requestHash(Schema.decodeUnknownSync(JobRequest)(request))).toBe(sha256)
    })
  }
})

describe("hashes of answers", () => {
  for (const { entries, name, sha256 } of responses) {
    test(name, () => expect(responseHash(entries as ReadonlyArray<Entry>)).toBe(sha256))
  }
})

test("a voucher", async () => {
  const digest = voucherDigest(voucher.domain, ChannelId.make(voucher.channel_id), BigInt(voucher.max_cumulative))
  expect<string>(toHex(digest)).toBe(voucher.digest)
  expect(recover(voucher.signature, digest, voucher.signer)).toBe(keys.payer_session.public_key)
  expect(await signerOf(voucher.digest, voucher.signature)).toContain(voucher.signer)
})

describe("receipts", () => {
  for (const { channel_id, digest, document, name, usage_hash } of receipts) {
    test(name, async () => {
      const { channel, findings, receipt } = verifyReceipt(verifier, document, { controlPlane })
      expect(findings.filter(({ level }) => level === "fail")).toEqual([])
      expect<string | undefined>(channel).toBe(channel_id)
      if (receipt === undefined) throw new Error("no receipt")
      expect<string>(channelIdOf(receipt.domain, receipt.terms)).toBe(channel_id)
      expect(usageHashOf(receipt.usage)).toBe(usage_hash)
      expect<string>(toHex(billDigest(receipt))).toBe(digest)
      expect(await signerOf(digest, receipt.plane_signature)).toContain(keys.control_plane.address)
      const node = receipt.node_key === keys.node.public_key ? keys.node : keys.second_key_of_the_node
      expect(await signerOf(digest, receipt.node_signature)).toContain(node.address)
    })
  }

  test("go together", () => {
    const all = receipts.flatMap(({ document }) => verifyReceipt(verifier, document).receipt ?? [])
    expect(together(all).map(({ check, level }) => `${level} ${check}`)).toEqual(["ok sums", "ok segments"])
  })
})

describe("no receipt is", () => {
  for (const { check, document, name } of refused) {
    test(name, () => {
      const { findings } = verifyReceipt(verifier, document, { controlPlane })
      expect(holds(findings)).toBe(false)
      expect<ReadonlyArray<string>>(
        findings.filter(({ level }) => level === "fail").map((found) => found.check)
      ).toContain(check)
    })
  }
})
