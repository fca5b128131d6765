/**
 * Where the engine's program is.
 *
 * In the repository it lies beside this file. The published package leaves the engine out, for its size: it is fetched
 * when first needed.
 */
import { join } from "node:path"
import * as Fetched from "@infernet/platform/fetched/Fetched"
import { Home } from "@infernet/platform/Home"
import { isPackaged, travelling } from "@infernet/platform/travelling"
import { Context, Effect, Layer } from "effect"
import { BackendError } from "../Backend.ts"

export type EngineProgress = Fetched.FetchProgress

const wanted: Fetched.Wanted = {
  name: "engine",
  totalBytes: 105_000_000,
  room: "250 MB",
  otherwise: "run a backend of your own such as Ollama"
}

interface Parts {
  /** Has `package.json` and `bun.lock`. */
  readonly manifest: string
  /** The engine's process, in one file. */
  readonly script: string
}

/** Makes folders of engines below `directory`. */
const fetched = (directory: string, { manifest, script }: Parts, onProgress: (progress: EngineProgress) => void) =>
  Effect.map(Fetched.make({ ...wanted, directory, manifest, beside: { "engine.js": script }, onProgress }), (folder) =>
    folder.pipe(
      Effect.map((folder) => join(folder, "engine.js")),
      Effect.mapError(({ message }) => new BackendError({ fault: "backend_error", message }))
    )
  )

export class EngineFiles extends Context.Service<
  EngineFiles,
  {
    /** The script that runs one model in a process of its own; fetched now if it never was. */
    readonly entry: Effect.Effect<string, BackendError>
  }
>()("@infernet/backend/embedded/EngineFiles") {
  /** Beside this file. */
  static readonly layerRepository = Layer.sync(EngineFiles, () => ({
    entry: Effect.succeed(Bun.fileURLToPath(new URL("./child.ts", import.meta.url)))
  }))

  /** Made of these parts, below a directory. */
  static readonly layerFetched = (
    directory: string,
    parts: Parts,
    onProgress: (progress: EngineProgress) => void = () => undefined
  ) =>
    Layer.effect(
      EngineFiles,
      Effect.map(fetched(directory, parts, onProgress), (entry) => EngineFiles.of({ entry }))
    )

  /** As this program was installed; `onProgress` hears of a fetch about once a second. */
  static readonly layer = (onProgress?: (progress: EngineProgress) => void) =>
    Layer.unwrap(
      Effect.map(Home, ({ root }) =>
        isPackaged
          ? EngineFiles.layerFetched(
              join(root, "engine"),
              {
                manifest: travelling(import.meta.url, "../../engine", "engine"),
                script: travelling(import.meta.url, "./child.ts", "engine.js")
              },
              onProgress
            )
          : EngineFiles.layerRepository
      )
    )
}
