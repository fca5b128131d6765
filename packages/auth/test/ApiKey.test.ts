import { expect } from "bun:test"
import * as ApiKey from "@infernet/auth/ApiKey"
import * as SecureRandom from "@infernet/testing/fakes/SecureRandom"
import { it } from "@infernet/testing/harness"
import { Effect, Redacted } from "effect"

it("an API key can be told apart, looked up by its hash, and never shown by accident", () =>
  Effect.gen(function* () {
    const [key, other] = [yield* ApiKey.generate, yield* ApiKey.generate]
    const text = Redacted.value(key)
    expect(text).toMatch(/^inft_[0-9a-z]{40}$/)
    expect(text).not.toBe(Redacted.value(other))
    expect(JSON.stringify({ key })).not.toContain(text.slice(5))
    const parsed = ApiKey.parse(text)
    expect(parsed && ApiKey.hash(parsed)).toBe(new Bun.CryptoHasher("sha256").update(text).digest("hex"))
    expect(ApiKey.parse(`${text}0`)).toBeUndefined()
    expect(ApiKey.fingerprint(key)).toBe(`${text.slice(0, 9)}…${text.slice(-4)}`)
  }).pipe(Effect.provide(SecureRandom.layer)))
