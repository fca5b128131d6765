/** Whether a signature is genuine: every signature that this program takes on trust of nobody is asked here. */
import { Context, Effect, Layer } from "effect"
import { type Curve, verifyWith } from "./Curve.ts"
import { errors } from "./knownAnswers.ts"
import { native } from "./native.ts"
import { noble } from "./noble.ts"

/** The curve, if it knows the known answers; else on which it errs. */
const proven = (curve: Curve): Effect.Effect<Curve, string> =>
  Effect.suspend(() => {
    const wrong = errors(curve)
    if (wrong.length === 0) return Effect.succeed(curve)
    const { name } = curve
    return Effect.logWarning("an implementation of secp256k1 errs on known answers and is not used", {
      name,
      wrong
    }).pipe(Effect.andThen(Effect.fail(`the check of signatures (${name}) errs on ${wrong.join(", ")}`)))
  })

export class Verifier extends Context.Service<
  Verifier,
  {
    /** Which implementation it is: `native` verifies about 14 times as many a second. */
    readonly name: Curve["name"]
    /**
     * Whether the key (33 bytes compressed, hexadecimal) signed the 32 bytes. The signature is 64 bytes `r‖s` in
     * lower-case hexadecimal with low `s`; of whatever is not, false.
     */
    readonly verify: (signature: string, digest: Uint8Array, publicKey: string) => boolean
  }
>()("@infernet/auth/verifier/Verifier") {
  /** The first of these that knows the known answers; dies where even the last one does not. */
  static readonly layerOf = (preferred: Effect.Effect<Curve, string>, fallback: Curve = noble) =>
    Layer.effect(
      Verifier,
      preferred.pipe(
        Effect.tapError((reason) => Effect.logDebug("no native verification of signatures", { reason })),
        Effect.flatMap(proven),
        Effect.catch(() => Effect.orDie(proven(fallback))),
        Effect.map((curve) => Verifier.of({ name: curve.name, verify: verifyWith(curve) }))
      )
    )

  /** The native addon where it loads, else JavaScript. */
  static readonly layer = this.layerOf(native)

  /** JavaScript, wherever. */
  static readonly layerNoble = this.layerOf(Effect.succeed(noble))
}
