/** The keys of a home that settle: the node's, from its files, and the operator's. */
import { Identity } from "@infernet/auth/Identity"
import * as KeyFile from "@infernet/auth/KeyFile"
import { names } from "@infernet/daemon/node/KeyringFiles"
import { Home } from "@infernet/platform/Home"
import { Effect, Option } from "effect"
import { SecureRandom } from "effect/crypto"
import { join } from "node:path"
import { Failure } from "../terminal/exit.ts"

type Key = Identity["Service"]

const readIfThere = (path: string) =>
  KeyFile.read(path).pipe(
    Effect.map(Identity.fromStoredKey),
    Effect.asSome,
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone)
  )

/** Where an operator's key is kept by default. */
export const operatorFile = Effect.map(Home, ({ keys }) => join(keys, "operator.key"))

/** The node's key and, where it had another before, that one; the operator's where it is here or in `file`. */
export const read = Effect.fnUntraced(function* (file: Option.Option<string>) {
  const { keys } = yield* Home
  const node = yield* readIfThere(join(keys, names.key))
  if (Option.isNone(node)) {
    return yield* new Failure({
      message: "there is no node in this home, so there is nothing to pay out: `infernet start` makes one"
    })
  }
  const old = yield* readIfThere(join(keys, names.old))
  const operator = Option.isSome(file)
    ? Option.some(Identity.fromStoredKey(yield* KeyFile.read(file.value)))
    : yield* readIfThere(yield* operatorFile)
  return {
    node: node.value,
    older: Option.toArray(old) satisfies ReadonlyArray<Key>,
    operator: Option.getOrUndefined(operator)
  }
})

/** The operator's key of this home, made now where there is none. */
export const makeOperator = Effect.flatMap(operatorFile, (path) =>
  Effect.map(KeyFile.readOrCreate(path), Identity.fromStoredKey)
).pipe(Effect.provide(SecureRandom.layerWebCrypto))
