/** What of ours is on a home's local chain, and where that chain answers: written down for other processes of the home. */
import { Address } from "@infernet/contract/Receipt"
import * as refused from "@infernet/platform/refused"
import { Effect, FileSystem, Option, Schema } from "effect"
import { dirname, join } from "node:path"
import { LocalChainError } from "./LocalChainError.ts"

export const LocalDeployment = Schema.Struct({
  chain_id: Schema.Literal(31_337),
  /** Of the last start; nobody answers there while the chain does not run. */
  rpc_url: Schema.String,
  /** The escrow (unaudited) and the test dollar, worth nothing. */
  escrow: Address,
  token: Address,
  /** Addresses of the keys that the chain was begun with. */
  owner: Address,
  gateway: Address,
  operator: Address,
  treasury: Address
})
export type LocalDeployment = typeof LocalDeployment.Type

/** Everything of the chain but the keys in `keys/` lies below it. */
export const folderIn = (root: string): string => join(root, "chain")
export const fileIn = (root: string): string => join(folderIn(root), "deployment.json")

const File = Schema.fromJsonString(LocalDeployment)
/** Far more than it takes. */
const largest = 10_000

const broken = (why: string) =>
  new LocalChainError({
    message: `what is known of the local chain cannot be used: ${why}. \`infernet chain --reset\` begins a new one`
  })

/** None before the chain of this home was begun. */
export const read = Effect.fnUntraced(function* (root: string) {
  const fs = yield* FileSystem.FileSystem
  const path = fileIn(root)
  const found = yield* Effect.gen(function* () {
    const { size } = yield* fs.stat(path)
    if (size > largest) return yield* broken(`${path} is too large`)
    return Option.some(yield* fs.readFileString(path))
  }).pipe(
    Effect.catchReason("PlatformError", "NotFound", () => Effect.succeedNone),
    Effect.catchTag("PlatformError", (error) => Effect.fail(broken(refused.sentence(error))))
  )
  if (Option.isNone(found)) return Option.none<LocalDeployment>()
  return yield* Schema.decodeEffect(File)(found.value).pipe(
    Effect.asSome,
    Effect.mapError(() => broken(`${path} is not what was written there`))
  )
})

/** All of it or, cut short, nothing. */
export const write = Effect.fnUntraced(function* (root: string, deployment: LocalDeployment) {
  const fs = yield* FileSystem.FileSystem
  const path = fileIn(root)
  yield* Effect.gen(function* () {
    yield* fs.makeDirectory(dirname(path), { recursive: true, mode: 0o700 })
    yield* fs.writeFileString(`${path}.new`, `${JSON.stringify(deployment, null, 2)}\n`, { mode: 0o600 })
    yield* fs.rename(`${path}.new`, path)
  }).pipe(
    Effect.mapError((error) => new LocalChainError({ message: `${path} cannot be written: ${refused.why(error)}` }))
  )
})
