/** The control plane's key as it signs receipts with it: nothing but digests of bills that a node has signed. */
import { Identity } from "@infernet/auth/Identity"
import type { Address, Signature } from "@infernet/contract/Receipt"
import { Context, Effect, Layer } from "effect"
import type { SecureRandom } from "effect/crypto"

export class PlaneKey extends Context.Service<
  PlaneKey,
  {
    /** 33 bytes, compressed, in lower-case hexadecimal. */
    readonly publicKey: string
    readonly address: Address
    /** Of a 32-byte digest: the same each time. */
    readonly sign: (digest: Uint8Array) => Signature
  }
>()("@infernet/control-plane/bill/PlaneKey") {
  static readonly fromIdentity = ({ id, publicKey, sign }: Identity["Service"]): PlaneKey["Service"] => ({
    publicKey,
    address: id,
    sign
  })

  /** The key of the identity in force, which must be the control plane's. */
  static readonly layerIdentity = Layer.effect(PlaneKey, Effect.map(Identity, PlaneKey.fromIdentity))

  /** A new key that is written nowhere: for tests and simulations. */
  static readonly layerRandom: Layer.Layer<PlaneKey, never, SecureRandom.SecureRandom> = PlaneKey.layerIdentity.pipe(
    Layer.provide(Identity.layerRandom)
  )
}
