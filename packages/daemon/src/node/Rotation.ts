/**
 * Gives this node another key, with the word of whoever owns it.
 *
 * The order is what makes it safe: stored here, announced, taken into use. Called again after it has failed anywhere in
 * between, it goes on with the key that waits.
 */
import type { KeyFileError } from "@infernet/auth/KeyFile"
import type { Rotated } from "@infernet/contract/Node"
import { Context, Data, Effect, Layer, type Redacted, Semaphore } from "effect"
import { ControlPlane, type ControlPlaneAway, type ControlPlaneRefused } from "./ControlPlane.ts"
import { Keyring } from "./Keyring.ts"
import { type ControlPlaneChanged, Pin, type PinError } from "./Pin.ts"

export interface Asked {
  /** Of the account that the node belongs to, or of an administrator. */
  readonly apiKey: Redacted.Redacted
  /** The present key is somebody else's too: it signs nothing more. */
  readonly stolen: boolean
  /** The key that the control plane knows, where it is none of those that are here. */
  readonly replaces?: string | undefined
}

/** The answer was lost: the control plane has the new key or the old one, and the next request tells which. */
export class RotationUncertain extends Data.TaggedError("RotationUncertain")<{ readonly message: string }> {}

export class Rotation extends Context.Service<
  Rotation,
  {
    readonly rotate: (
      asked: Asked
    ) => Effect.Effect<
      Rotated,
      ControlPlaneAway | ControlPlaneRefused | ControlPlaneChanged | PinError | KeyFileError | RotationUncertain
    >
  }
>()("@infernet/daemon/node/Rotation") {
  static readonly layer = Layer.effect(
    Rotation,
    Effect.gen(function* () {
      const controlPlane = yield* ControlPlane
      const keyring = yield* Keyring
      const pin = yield* Pin
      const alone = yield* Semaphore.make(1)

      const rotate = Effect.fn("Rotation.rotate")(function* ({ apiKey, replaces, stolen }: Asked) {
        // Before a key is made: a control plane that is not the joined one learns of none.
        const { control_plane_id: id } = yield* controlPlane.info
        yield* pin.check(id)
        const { from, to } = yield* keyring.prepare(replaces !== undefined)
        const body = { replaces: replaces ?? from.publicKey, ...(stolen && { stolen }) }
        const rotated = yield* controlPlane
          .rotate(id, to, apiKey, body)
          .pipe(Effect.catchTag("ControlPlaneAway", ({ message }) => Effect.fail(new RotationUncertain({ message }))))
        yield* keyring.accepted(to.publicKey)
        if (stolen) yield* keyring.forgetOld
        return rotated
      }, alone.withPermits(1))

      return Rotation.of({ rotate })
    })
  )
}
