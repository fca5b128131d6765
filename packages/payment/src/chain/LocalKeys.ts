/** The keys that a local chain is begun with, made once for each home: none that anybody else knows. */
import { Identity } from "@infernet/auth/Identity"
import * as KeyFile from "@infernet/auth/KeyFile"
import type { Home } from "@infernet/platform/Home"
import * as refused from "@infernet/platform/refused"
import { Effect, Redacted } from "effect"
import { join } from "node:path"
import { type Account, toHex } from "viem"
import { privateKeyToAccount } from "viem/accounts"
import { folderIn } from "./LocalDeployment.ts"
import { LocalChainError } from "./LocalChainError.ts"

export type Key = Identity["Service"]

export interface LocalKeys {
  /** Has deployed the contracts and mints test dollars: of one chain alone, and gone with it. */
  readonly owner: Account
  /** Pays nodes. */
  readonly gateway: Key
  /** Signs ceilings for the gateway. */
  readonly session: Key
  /** Decides where this home's node is paid. */
  readonly operator: Key
  /** Gets the platform's fees. */
  readonly treasury: Key
}

const storedAt = (path: string) =>
  KeyFile.readOrCreate(path).pipe(
    Effect.catchTags({
      PlatformError: (error) => Effect.fail(new LocalChainError({ message: refused.sentence(error) })),
      KeyFileError: ({ message }) => Effect.fail(new LocalChainError({ message }))
    })
  )

/** The key in a file that only its owner can read, made where there is none. */
export const keyAt = (path: string) => Effect.map(storedAt(path), Identity.fromStoredKey)

export const ownerIn = (root: string): string => join(folderIn(root), "owner.key")

export const make = ({ keys, root }: Pick<Home["Service"], "keys" | "root">) =>
  Effect.all({
    owner: Effect.map(storedAt(ownerIn(root)), ({ secret }) => privateKeyToAccount(toHex(Redacted.value(secret)))),
    gateway: keyAt(join(keys, "gateway.key")),
    session: keyAt(join(keys, "gateway-session.key")),
    operator: keyAt(join(keys, "operator.key")),
    treasury: keyAt(join(keys, "treasury.key"))
  })
