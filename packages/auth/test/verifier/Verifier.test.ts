import { describe, expect, test } from "bun:test"
import { Identity } from "@infernet/auth/Identity"
import type { Curve } from "@infernet/auth/verifier/Curve"
import { errors, knownAnswers } from "@infernet/auth/verifier/knownAnswers"
import { native } from "@infernet/auth/verifier/native"
import { noble } from "@infernet/auth/verifier/noble"
import { Verifier } from "@infernet/auth/verifier/Verifier"
import { it } from "@infernet/testing/harness"
import { bytesToHex, hexToBytes } from "@noble/hashes/utils.js"
import { Effect, Layer, Logger, Redacted, Result } from "effect"
import vectors from "../../../contract/test/signed-request.json"

const addon = await Effect.runPromise(Effect.result(native))
/** Where the package has an addon; elsewhere there is one implementation to test. */
const prebuilt = ["linux-x64", "darwin-arm64", "win32-x64"].includes(`${process.platform}-${process.arch}`)
const curves: ReadonlyArray<Curve> = Result.isSuccess(addon) ? [noble, addon.success] : [noble]

const order = 0xffff_ffff_ffff_ffff_ffff_ffff_ffff_fffe_baae_dce6_af48_a03b_bfd2_5e8c_d036_4141n

/** The other signature that the bare equations take for the same key and digest. */
const withHighS = (signature: string) =>
  signature.slice(0, 64) + (order - BigInt(`0x${signature.slice(64)}`)).toString(16).padStart(64, "0")

/** All log messages of what runs under it. */
const capture = () => {
  const messages: Array<unknown> = []
  const layer = Logger.layer([Logger.make(({ message }) => void messages.push(message))])
  return { layer, messages }
}

const built = (layer: Layer.Layer<Verifier>) =>
  Effect.gen(function* () {
    return yield* Verifier
  }).pipe(Effect.provide(layer, { local: true }))

if (process.env.CI !== undefined && prebuilt) {
  test("the addon is there where it is tested for all", () => expect(Result.isSuccess(addon)).toBe(true))
}

for (const curve of curves) {
  describe(curve.name, () => {
    test("knows the known answers", () => expect(errors(curve)).toEqual([]))

    it("takes genuine signatures in their one form, and none with a bit changed", () =>
      Effect.gen(function* () {
        const { name, verify } = yield* built(Verifier.layerOf(Effect.succeed(curve)))
        expect(name).toBe(curve.name)
        for (const { digest, public_key, signature } of vectors) {
          const bytes = hexToBytes(digest)
          expect(verify(signature, bytes, public_key)).toBe(true)
          expect(verify(withHighS(signature), bytes, public_key)).toBe(false)
          for (let bit = 0; bit < 512; bit += 37) {
            const changed = hexToBytes(signature)
            changed[bit >> 3] = (changed[bit >> 3] ?? 0) ^ (1 << (bit & 7))
            expect(verify(bytesToHex(changed), bytes, public_key)).toBe(false)
          }
        }
      }))
  })
}

test("both implementations agree on signatures of many keys and digests, good and not", () => {
  for (let i = 1; i <= 64; i++) {
    const { publicKey, sign } = Identity.fromSecretKey(Redacted.make(new Uint8Array(32).fill(i)))
    const [digest, other] = [new Uint8Array(32).fill(i), new Uint8Array(32).fill(i + 1)]
    const signature = hexToBytes(sign(digest))
    for (const curve of curves) {
      expect(curve.verify(signature, digest, hexToBytes(publicKey))).toBe(true)
      expect(curve.verify(signature, other, hexToBytes(publicKey))).toBe(false)
    }
  }
})

describe("an implementation that errs", () => {
  const good = { ...noble, name: "native" as const }
  const wrong: Record<string, Curve> = {
    "on what is not genuine": { ...good, verify: () => true },
    "on what is genuine": { ...good, verify: () => false },
    "by an exception": {
      ...good,
      verify: () => {
        throw new Error("not made for this machine")
      }
    }
  }
  for (const [name, curve] of Object.entries(wrong)) {
    it(`${name} is not used, and a warning says so`, () =>
      Effect.gen(function* () {
        const { layer, messages } = capture()
        const verifier = yield* built(Verifier.layerOf(Effect.succeed(curve)).pipe(Layer.provide(layer)))
        expect(verifier.name).toBe("noble")
        expect(messages.flat()).toContain("an implementation of secp256k1 errs on known answers and is not used")
      }))
  }

  it("leaves nothing to go on with where it is the last", () =>
    Effect.gen(function* () {
      const never = Verifier.layerOf(Effect.fail("none"), { ...noble, verify: () => true })
      const exit = yield* Effect.exit(built(never))
      expect(String(exit)).toContain("the check of signatures (noble) errs on another digest")
    }))
})

it("where no addon loads JavaScript verifies, without a warning", () =>
  Effect.gen(function* () {
    const { layer, messages } = capture()
    const verifier = yield* built(Verifier.layerOf(Effect.fail("no native build")).pipe(Layer.provide(layer)))
    expect(verifier.name).toBe("noble")
    expect(messages).toEqual([])
    const [known] = knownAnswers
    expect(verifier.verify(known?.signature ?? "", hexToBytes(known?.digest ?? ""), known?.publicKey ?? "")).toBe(true)
  }))
