/**
 * Where the program of the local chain is: Foundry's anvil, fetched from the npm registry when it is first needed.
 *
 * Only the systems in `packages` have one that is pinned by its SHA-512 sum, in `chain/bun.lock`. On others an `anvil` that
 * is installed will do, and so does the one that `INFERNET_ANVIL` names.
 */
import { join } from "node:path"
import * as Fetched from "@infernet/platform/fetched/Fetched"
import { Home } from "@infernet/platform/Home"
import { travelling } from "@infernet/platform/travelling"
import { Config, Context, Effect, Layer, Option } from "effect"
import { folderIn } from "./LocalDeployment.ts"
import { LocalChainError } from "./LocalChainError.ts"

const packages: Readonly<Record<string, string>> = { "linux-x64": "@foundry-rs/anvil-linux-amd64" }

const wanted: Fetched.Wanted = {
  name: "local chain",
  totalBytes: 45_000_000,
  room: "120 MB",
  otherwise: "install Foundry from getfoundry.sh and name its anvil in INFERNET_ANVIL"
}

const manifest = travelling(import.meta.url, "../../chain", "chain")

const system = `${process.platform}-${process.arch}`

const none = new LocalChainError({
  message:
    `there is no local chain for ${system} to fetch: install Foundry from getfoundry.sh, whose anvil is then found, ` +
    "or name an anvil in INFERNET_ANVIL"
})

export class Anvil extends Context.Service<
  Anvil,
  {
    /** The program's path; fetched now if it never was. */
    readonly program: Effect.Effect<string, LocalChainError>
  }
>()("@infernet/payment/chain/Anvil") {
  /** One that lies in a folder; fetched into it where it is not. */
  static readonly layerFetched = (directory: string, name: string, onProgress?: Fetched.Options["onProgress"]) =>
    Layer.effect(
      Anvil,
      Effect.map(Fetched.make({ ...wanted, directory, manifest, ...(onProgress && { onProgress }) }), (folder) =>
        Anvil.of({
          program: folder.pipe(
            Effect.map((folder) => join(folder, "node_modules", name, "bin", "anvil")),
            Effect.mapError(({ message }) => new LocalChainError({ message }))
          )
        })
      )
    )

  static readonly layerAt = (program: string) => Layer.succeed(Anvil, { program: Effect.succeed(program) })

  /** The one that is named, else the one of this version, else the one that is installed. */
  static readonly layer = (onProgress?: Fetched.Options["onProgress"]) =>
    Layer.unwrap(
      Effect.gen(function* () {
        const named = yield* Config.option(Config.NonEmptyString("INFERNET_ANVIL"))
        if (Option.isSome(named)) return Anvil.layerAt(named.value)
        const { root } = yield* Home
        const name = packages[system]
        if (name !== undefined) return Anvil.layerFetched(join(folderIn(root), "program"), name, onProgress)
        const installed = Bun.which("anvil")
        return installed === null ? Layer.succeed(Anvil, { program: Effect.fail(none) }) : Anvil.layerAt(installed)
      })
    )
}
