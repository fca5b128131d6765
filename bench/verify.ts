/** How many signatures a second each implementation of the verifier checks, on one core: `bun bench/verify.ts`. */
import { Identity } from "../packages/auth/src/Identity.ts"
import { type Curve, verifyWith } from "../packages/auth/src/verifier/Curve.ts"
import { native } from "../packages/auth/src/verifier/native.ts"
import { noble } from "../packages/auth/src/verifier/noble.ts"
import { Effect, Redacted, Result } from "effect"

const windows = Number(process.env["WINDOWS"] ?? 20)

const signed = Array.from({ length: 64 }, (_, i) => {
  const { publicKey, sign } = Identity.fromSecretKey(Redacted.make(new Uint8Array(32).fill(i + 1)))
  const digest = new Uint8Array(32).fill(i)
  return { digest, publicKey, signature: sign(digest) }
})

/** Per second of CPU, so that other load on the machine counts for little. */
const rate = (curve: Curve): number => {
  const verify = verifyWith(curve)
  const before = process.cpuUsage()
  for (const { digest, publicKey, signature } of signed) {
    if (!verify(signature, digest, publicKey)) throw new Error(`${curve.name} refuses a good signature`)
  }
  const { system, user } = process.cpuUsage(before)
  return (signed.length / (user + system)) * 1_000_000
}

const addon = await Effect.runPromise(Effect.result(native))
if (Result.isFailure(addon)) process.stderr.write(`no addon: ${addon.failure}\n`)

process.stdout.write("| verifier | verifications/s |\n| --- | --- |\n")
for (const curve of [...(Result.isSuccess(addon) ? [addon.success] : []), noble]) {
  const best = Math.max(...Array.from({ length: windows }, () => rate(curve)))
  process.stdout.write(`| ${curve.name} | ${Math.round(best)} |\n`)
}
