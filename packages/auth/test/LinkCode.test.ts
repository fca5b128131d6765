import { expect } from "bun:test"
import * as LinkCode from "@infernet/auth/LinkCode"
import { it } from "@infernet/testing/harness"
import { Effect, Redacted } from "effect"
import { SecureRandom } from "effect/crypto"

it("is found again in what a person makes of it, and in nothing else", () =>
  Effect.gen(function* () {
    const code = yield* LinkCode.generate
    const text = LinkCode.format(code)
    expect(text).toMatch(/^[0-9A-HJKMNP-TV-Z]{4}(-[0-9A-HJKMNP-TV-Z]{4}){2}$/)
    const mistaken = text.replaceAll("0", "o").replaceAll("1", "l")
    for (const typed of [
      text,
      text.toLowerCase(),
      text.replaceAll("-", ""),
      ` ${text.replaceAll("-", " ")} `,
      mistaken
    ]) {
      const parsed = LinkCode.parse(typed)
      expect(parsed && LinkCode.hash(parsed)).toBe(LinkCode.hash(code))
    }
    for (const wrong of ["", text.slice(1), `${text}0`, text.replace(/^./, "U"), "inft_abc", "0u".repeat(6)]) {
      expect(LinkCode.parse(wrong)).toBeUndefined()
    }
    expect(String(code)).not.toContain(Redacted.value(code))
    expect(LinkCode.hash(code)).toMatch(/^[0-9a-f]{64}$/)
  }).pipe(Effect.provide(SecureRandom.layerWebCrypto)))
