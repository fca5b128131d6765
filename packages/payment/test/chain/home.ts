/** A home of a test, and its local chain. */
import { mkdirSync, mkdtempSync, rmSync } from "node:fs"
import { tmpdir } from "node:os"
import { join } from "node:path"
import * as NodeServices from "@effect/platform-node/NodeServices"
import { Effect, Layer, Option } from "effect"
import { LocalChain } from "../../src/chain/LocalChain.ts"
import { anvil } from "./anvil.ts"

/** A fresh one, gone with the scope. */
export const freshHome = Effect.acquireRelease(
  Effect.sync(() => {
    const root = mkdtempSync(join(tmpdir(), "infernet-chain-"))
    const keys = join(root, "keys")
    mkdirSync(keys, { mode: 0o700 })
    return { root, keys }
  }),
  ({ root }) => Effect.sync(() => rmSync(root, { recursive: true, force: true }))
)

export const chain = (root: string) =>
  LocalChain.layer({ root, port: Option.none() }).pipe(Layer.provide([anvil, NodeServices.layer]))

/** Runs something on the home's chain, which is started for it and ended after it. */
export const on = <A, E, R>(root: string, use: (url: string) => Effect.Effect<A, E, R>) =>
  Effect.flatMap(LocalChain, ({ url }) => use(url)).pipe(Effect.provide(chain(root), { local: true }))
