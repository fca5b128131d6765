/** Who this process is: a secp256k1 key, of which only signatures, the public half and the address ever leave. */
import { NodeId } from "@infernet/contract/Id"
import { Context, Effect, Layer, Redacted } from "effect"
import type { SecureRandom } from "effect/crypto"
import * as KeyFile from "./KeyFile.ts"
import { addressOf, publicKeyOf, sign } from "./signature.ts"

export class Identity extends Context.Service<
  Identity,
  {
    /**
     * The address of the key, or of the first one where a node has got another. A control plane's own id has the same
     * form: `ControlPlaneId.make(identity.id)`.
     */
    readonly id: NodeId
    /** 33 bytes, compressed, in lower-case hexadecimal. */
    readonly publicKey: string
    /** Signs a 32-byte digest: 64-byte compact form with low `s`, in lower-case hexadecimal. */
    readonly sign: (digest: Uint8Array) => string
  }
>()("@infernet/auth/Identity") {
  /** The identity of a secret key; dies when the key is not one (`KeyFile` has checked what comes from outside). */
  static readonly fromSecretKey = (secretKey: Redacted.Redacted<Uint8Array>): Identity["Service"] => {
    const publicKey = publicKeyOf(Redacted.value(secretKey))
    return {
      id: NodeId.make(addressOf(publicKey) ?? ""),
      publicKey,
      sign: (digest) => sign(digest, Redacted.value(secretKey))
    }
  }

  /** As its file names it. */
  static readonly fromStoredKey = ({ node, secret }: KeyFile.StoredKey): Identity["Service"] => {
    const identity = Identity.fromSecretKey(secret)
    return { ...identity, id: node ?? identity.id }
  }

  /** The key in this file, made at the first start; the file and its folder are for their owner alone. */
  static readonly layerFile = (path: string) =>
    Layer.effect(Identity, Effect.map(KeyFile.readOrCreate(path), Identity.fromStoredKey))

  /** A new key that is written nowhere: for tests and simulations. */
  static readonly layerRandom: Layer.Layer<Identity, never, SecureRandom.SecureRandom> = Layer.effect(
    Identity,
    Effect.map(KeyFile.generate, Identity.fromSecretKey)
  )
}
