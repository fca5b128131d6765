/**
 * The keys with which this node signs, and how one of them takes the place of another.
 *
 * ```
 *   signs with A ──prepare──▶ signs with A, B waits ──a request signed by B is taken──▶ signs with B, A is the old one
 *                                  │        ▲
 *                                  └─refused─┘  the other one of the two is tried
 * ```
 *
 * The new key is stored before anybody hears of it, and takes its place only when the control plane has taken what it
 * signed. So whenever this process or the other one ends, and whatever answer is lost, the key that the control plane
 * knows is in a file here, and one of the two requests that may be needed is signed by it.
 */
import { Identity } from "@infernet/auth/Identity"
import type { KeyFileError } from "@infernet/auth/KeyFile"
import type { NodeId } from "@infernet/contract/Id"
import { Context, Effect, type FileSystem, Layer, type Path, PubSub, Semaphore, Stream } from "effect"
import type { SecureRandom } from "effect/crypto"
import * as KeyringFiles from "./KeyringFiles.ts"

type Key = Identity["Service"]

/** One key for another. */
export interface Change {
  readonly from: Key
  readonly to: Key
}

export class Keyring extends Context.Service<
  Keyring,
  {
    readonly id: NodeId
    /** The key to sign with now. */
    readonly current: () => Key
    /** The control plane has taken what this key signed: that is the node's. */
    readonly accepted: (publicKey: string) => Effect.Effect<void>
    /** It has refused what this key signed: whether there is another one to try, which is the current one then. */
    readonly refused: (publicKey: string) => boolean
    /** The change to announce: to the key that waits, or to one that is made now; `anew`, to one that is made in any case. */
    readonly prepare: (anew: boolean) => Effect.Effect<Change, KeyFileError>
    /** The old key signs nothing any more. */
    readonly forgetOld: Effect.Effect<void, KeyFileError>
    /** Told when another key has taken its place for good. */
    readonly changes: Stream.Stream<void>
  }
>()("@infernet/daemon/node/Keyring") {
  /** The keys in this folder; the first one is made at the first start. */
  static readonly layerFiles = (folder: string) =>
    Layer.effect(
      Keyring,
      Effect.flatMap(KeyringFiles.open(folder), (files) => make(files))
    )

  /** One key, which stays what it is. */
  static readonly layerOne: Layer.Layer<Keyring, never, Identity> = Layer.effect(
    Keyring,
    Effect.map(Identity, (identity) => ({
      id: identity.id,
      current: () => identity,
      accepted: () => Effect.void,
      refused: () => false,
      prepare: () => Effect.die(new Error("this key is in no file")),
      forgetOld: Effect.void,
      changes: Stream.never
    }))
  )
}

const make = Effect.fnUntraced(function* (files: KeyringFiles.KeyringFiles) {
  const hub = yield* Effect.acquireRelease(PubSub.sliding<void>(1), PubSub.shutdown)
  const alone = yield* Semaphore.make(1)
  const services = yield* Effect.context<FileSystem.FileSystem | Path.Path | SecureRandom.SecureRandom>()
  let { key, next } = files
  /** Whether the one that waits is tried now. */
  let triesNext = false
  /** Whether the control plane is known to have it: it only waits for its place on the disk. */
  let isKnown = false

  const current = () => (triesNext && next !== undefined ? next : key)

  const promote = Effect.gen(function* () {
    if (next === undefined) return
    yield* files.promote
    ;[key, next, triesNext, isKnown] = [next, undefined, false, false]
    yield* Effect.logInfo("node key changed", { node: key.id, key: key.publicKey })
    yield* PubSub.publish(hub, undefined)
  }).pipe(Effect.uninterruptible, Effect.provideContext(services))

  const accepted = Effect.fnUntraced(function* (publicKey: string) {
    if (next === undefined) return
    if (publicKey === key.publicKey) return void (triesNext = false)
    if (publicKey !== next.publicKey) return
    // It signs from now on, also where its file cannot take its place yet: the next start finds out again.
    triesNext = true
    isKnown = true
    yield* alone
      .withPermits(1)(promote)
      .pipe(Effect.catch((error) => Effect.logError("the new node key waits for its place", { reason: error.message })))
  })

  const refused = (publicKey: string) => {
    if (next === undefined || isKnown) return false
    if (publicKey === current().publicKey) triesNext = !triesNext
    return true
  }

  const prepare = (anew: boolean) =>
    alone.withPermits(1)(
      Effect.gen(function* () {
        if (isKnown) yield* promote
        next = yield* files.prepare(anew)
        triesNext = false
        const change: Change = { from: key, to: next }
        return change
      }).pipe(Effect.uninterruptible, Effect.provideContext(services))
    )

  return Keyring.of({
    id: key.id,
    current,
    accepted,
    refused,
    prepare,
    forgetOld: Effect.provideContext(files.forgetOld, services),
    changes: Stream.fromPubSub(hub)
  })
})
