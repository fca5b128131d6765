/** Verification by libsecp256k1, where its addon is installed and made for this machine. */
import { Effect } from "effect"
import { existsSync } from "node:fs"
import { dirname, join } from "node:path"
import type { Curve } from "./Curve.ts"

// The package's front door would go on with `elliptic` in silence where there is no addon; this file throws.
const bindings = "node_modules/secp256k1/bindings.js"

/**
 * Where it lies at or above a folder. Looked for by hand: where there is no `node_modules` at all, Bun would fetch
 * whatever version is the newest and run it.
 */
const find = (folder: string): string | undefined => {
  const file = join(folder, bindings)
  if (existsSync(file)) return file
  const above = dirname(folder)
  return above === folder ? undefined : find(above)
}

const load = async (): Promise<Curve["verify"]> => {
  const file = find(import.meta.dir)
  if (file === undefined) throw new Error(`there is no ${bindings}`)
  const { ecdsaVerify } = (await import(file)).default
  return ecdsaVerify
}

/** Fails with what is missing. That it is what it should be, its known answers tell. */
export const native: Effect.Effect<Curve, string> = Effect.tryPromise({ try: load, catch: String }).pipe(
  Effect.map((verify) => ({ name: "native", verify }))
)
