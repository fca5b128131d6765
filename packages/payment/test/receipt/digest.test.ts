import { describe, expect, test } from "bun:test"
import { ChannelTerms, type Domain, zeroHash } from "@infernet/contract/Receipt"
import {
  billDigest,
  channelIdOf,
  hashOf,
  hex,
  modelOf,
  usageHashOf,
  voucherDigest
} from "@infernet/payment/receipt/digest"
import { digest, struct } from "@infernet/payment/receipt/eip712"
import { ComputeReceipt, JobUsage, SpendVoucher, Terms } from "@infernet/payment/receipt/typed"
import { it } from "@infernet/testing/harness"
import { Effect, Random, Schema } from "effect"
import { bytesToHex, hashStruct, hashTypedData, keccak256, toHex } from "viem"
import { bill } from "./receipts.ts"

describe("digests of the trial that ran on a chain", () => {
  const domain: Domain = { chain_id: 31_337, contract: `0x${"11".repeat(20)}` }
  const terms = Schema.decodeUnknownSync(ChannelTerms)({
    payer: `0x${"22".repeat(20)}`,
    payer_signer: "0x19100900abf1fb54ff99b0719a3970e3d360ddb3",
    node_id: "0x461f4e88114e0169dcd777796be39aba1158b0fb",
    fee_bps: 1_500,
    need: 3,
    withdraw_delay: 86_400,
    salt: zeroHash
  })
  test("a channel's id", () => {
    expect<string>(channelIdOf(domain, terms)).toBe(
      "0x8607e35bba41994f29b935ffcf7c4c1aa9d66a8b276f1aacc1e49c87402ba86e"
    )
  })
  test("a voucher's digest", () => {
    expect(bytesToHex(voucherDigest(domain, channelIdOf(domain, terms), 5_000n))).toBe(
      "0xae5c2c98e9716cd45dc5d5bb1b4ceb3d17efb39f2f0838eebf79412d9735f126"
    )
  })
})

it("digests are those of another implementation of EIP-712, for whatever bill", () =>
  Effect.gen(function* () {
    for (let i = 0; i < 50; i++) {
      const { cumulative, domain: at, seq, terms, usage, ...rest } = yield* bill()
      const domain = { name: "Infernet CPR", version: "1", chainId: at.chain_id, verifyingContract: hex(at.contract) }
      const channelId = hashTypedData({
        domain,
        types: { Terms },
        primaryType: "Terms",
        message: {
          payer: hex(terms.payer),
          payerSigner: hex(terms.payer_signer),
          nodeId: hex(terms.node_id),
          feeBps: terms.fee_bps,
          need: terms.need,
          withdrawDelay: terms.withdraw_delay,
          salt: hex(terms.salt)
        }
      })
      const message = {
        job: keccak256(toHex(usage.job_id)),
        attempt: keccak256(toHex(usage.attempt_id)),
        previous: hex(usage.previous),
        modelHash: keccak256(toHex(modelOf(usage))),
        requestHash: hex(usage.request_hash),
        responseHash: hex(usage.response_hash),
        promptTokens: BigInt(usage.prompt_tokens),
        completionTokens: BigInt(usage.completion_tokens),
        inputPrice: BigInt(usage.input_micros_per_1k),
        outputPrice: BigInt(usage.output_micros_per_1k),
        amount: BigInt(usage.amount),
        startedAt: BigInt(usage.started_at),
        finishedAt: BigInt(usage.finished_at)
      }
      expect<string>(channelIdOf(at, terms)).toBe(channelId)
      expect<string>(usageHashOf(usage)).toBe(
        hashStruct({ types: { JobUsage }, primaryType: "JobUsage", data: message })
      )
      expect(bytesToHex(billDigest({ cumulative, domain: at, seq, terms, usage, ...rest }))).toBe(
        hashTypedData({
          domain,
          types: { ComputeReceipt, JobUsage },
          primaryType: "ComputeReceipt",
          message: { channelId, seq: BigInt(seq), cumulativeAmount: BigInt(cumulative), usage: message }
        })
      )
      expect(bytesToHex(voucherDigest(at, channelIdOf(at, terms), BigInt(cumulative)))).toBe(
        hashTypedData({
          domain,
          types: { SpendVoucher },
          primaryType: "SpendVoucher",
          message: { channelId, maxCumulative: BigInt(cumulative) }
        })
      )
    }
  }).pipe(Random.withSeed("digests")))

test("a name beyond ASCII is hashed as UTF-8", () => {
  expect<string>(hashOf("Höllenfeuer 🔥")).toBe(keccak256(toHex("Höllenfeuer 🔥")))
})

describe("what does not fit its type has no digest", () => {
  const hash = struct("T", [
    { name: "a", type: "uint40" },
    { name: "b", type: "address" }
  ])
  const good = { a: 2n ** 40n - 1n, b: `0x${"00".repeat(20)}` }
  const domain = { name: "x", version: "1", chainId: -1, verifyingContract: good.b }
  test("as it stands it has one", () => expect(hash(good)).toMatch(/^0x[0-9a-f]{64}$/))
  for (const [name, values] of [
    ["a number that is too large", { ...good, a: 2n ** 40n }],
    ["a negative number", { ...good, a: -1n }],
    ["a number with a fraction", { ...good, a: 0.5 }],
    ["a number in a text", { ...good, a: "1" }],
    ["an address cut short", { ...good, b: "0x00" }],
    ["an address in upper case", { ...good, b: `0x${"AA".repeat(20)}` }]
  ] as const) {
    test(name, () => expect(() => hash(values)).toThrow(TypeError))
  }
  test("a negative chain", () => expect(() => digest(domain, hash(good))).toThrow(TypeError))
})
