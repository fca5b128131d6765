import { it } from "@infernet/testing/harness"
import { parityOf } from "@infernet/auth/parity"
import { contractClaim, receiptDigest } from "@infernet/payment/settlement/claim"
import { compact, noSignature } from "@infernet/payment/settlement/compact"
import { expect } from "bun:test"
import { Effect } from "effect"
import { hexToBytes, keccak256, recoverAddress, stringToHex } from "viem"
import { claimOf, identityOf, node, plane, session, termsOf } from "@infernet/testing/settlement/Town"

const domain = { chain_id: 31_337, contract: `0x${"11".repeat(20)}` }
const terms = termsOf(node.id, "1")

it("finds the half of a signature that 64 bytes leave out, as other programs find it", () =>
  Effect.gen(function* () {
    const parities = new Set<number>()
    for (let index = 0; index < 24; index++) {
      const digest = hexToBytes(keccak256(stringToHex(`digest ${index}`)))
      const signature = node.sign(digest)
      const made = compact(signature, digest, node.id)
      if (made === undefined) throw new Error("not recognised")
      const parity = Number.parseInt(made.vs.slice(2, 4), 16) >> 7
      parities.add(parity)
      const s = `0x${signature.slice(64)}` as const
      const signer = yield* Effect.promise(() =>
        recoverAddress({ hash: digest, signature: { r: made.r, s, yParity: parity } })
      )
      expect(signer.toLowerCase()).toBe(node.id)
      expect(compact(signature, digest, plane.id)).toBeUndefined()
    }
    expect([...parities].sort()).toEqual([0, 1])
  }))

it("takes no signature whose s is high: each has one form", () =>
  Effect.sync(() => {
    const order = 0xfffffffffffffffffffffffffffffffebaaedce6af48a03bbfd25e8cd0364141n
    const digest = new Uint8Array(32).fill(7)
    const signature = node.sign(digest)
    const high = (order - BigInt(`0x${signature.slice(64)}`)).toString(16).padStart(64, "0")
    expect(parityOf(signature, digest, node.id)).toBeDefined()
    expect(parityOf(signature.slice(0, 64) + high, digest, node.id)).toBeUndefined()
    expect(parityOf("ff".repeat(64), digest, node.id)).toBeUndefined()
  }))

it("makes a receipt's digest of its usage's hash alone", () =>
  Effect.sync(() => {
    const claim = claimOf(domain, terms, 900n)
    const digest = receiptDigest(claim)
    expect(node.sign(digest)).toBe(claim.nodeSignature)
    expect(digest).not.toEqual(receiptDigest({ ...claim, seq: 8 }))
  }))

it("signs the last receipt again with the key that the chain has, and with no other", () =>
  Effect.sync(() => {
    const next = identityOf("the node's next key")
    const claim = claimOf(domain, terms, 900n)
    const own = contractClaim(claim, node.id, next)
    const again = contractClaim(claim, next.id, next)
    if (typeof own === "string" || typeof again === "string") throw new Error("not taken")
    expect(own.nodeSignature).toEqual(compact(claim.nodeSignature, receiptDigest(claim), node.id) ?? noSignature)
    expect(again.nodeSignature).toEqual(
      compact(next.sign(receiptDigest(claim)), receiptDigest(claim), next.id) ?? noSignature
    )
    expect(again.controlPlaneSignature).toEqual(own.controlPlaneSignature)
    expect(contractClaim(claim, session.id, next)).toBe("is not signed by the node")
  }))

it("says whose signature is not theirs, and leaves out those that a channel does not need", () =>
  Effect.sync(() => {
    const claim = claimOf(domain, terms, 900n)
    expect(contractClaim({ ...claim, planeKey: session.publicKey }, node.id, node)).toBe(
      "is not signed by the control plane"
    )
    const voucher = { channel_id: claim.channel, max_cumulative: "901", signature: claim.voucher?.signature ?? "" }
    expect(contractClaim({ ...claim, voucher }, node.id, node)).toBe("has a ceiling that is not its payer's")
    const alone = contractClaim(
      { ...claimOf(domain, termsOf(node.id, "1", 2), 900n), voucher: undefined },
      node.id,
      node
    )
    expect(alone).toMatchObject({ ceiling: 0n, payerSignature: noSignature })
  }))
