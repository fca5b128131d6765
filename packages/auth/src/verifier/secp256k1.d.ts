/** The npm package `secp256k1` as far as it is used: what its addon offers, without the fallback in JavaScript. */
declare module "secp256k1/bindings.js" {
  const addon: {
    /** Throws for numbers out of range and for keys that are no point of the curve. */
    readonly ecdsaVerify: (signature: Uint8Array, digest: Uint8Array, publicKey: Uint8Array) => boolean
  }
  export default addon
}
