/** Files in memory: real ones answer in real time, which the test clock does not wait for. */
import { Effect, FileSystem, Layer, PlatformError } from "effect"

const missing = PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" })

/** A disk with these texts by their path; the same map given again is the disk of a process that has died. */
export const layer = (disk?: Map<string, string>) =>
  Layer.unwrap(
    Effect.sync(() => {
      const texts = disk ?? new Map<string, string>()
      return FileSystem.layerNoop({
        makeDirectory: () => Effect.void,
        readFileString: (path) =>
          Effect.suspend(() => Effect.fromNullishOr(texts.get(path)).pipe(Effect.mapError(() => missing))),
        writeFileString: (path, text) => Effect.sync(() => void texts.set(path, text)),
        rename: (from, to) => Effect.sync(() => void texts.set(to, texts.get(from) ?? ""))
      })
    })
  )
