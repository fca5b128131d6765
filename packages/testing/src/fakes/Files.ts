/** Files in memory: real ones answer in real time, which the test clock does not wait for. */
import { Effect, FileSystem, Layer, PlatformError } from "effect"

const missing = PlatformError.systemError({ _tag: "NotFound", module: "FileSystem", method: "readFileString" })

/** A disk with these texts by their path, which outlives its processes: the dead write nothing. */
export const layer = (disk?: Map<string, string>, isDead = () => false) =>
  Layer.unwrap(
    Effect.sync(() => {
      const texts = disk ?? new Map<string, string>()
      return FileSystem.layerNoop({
        makeDirectory: () => Effect.void,
        readFileString: (path) =>
          Effect.suspend(() => Effect.fromNullishOr(texts.get(path)).pipe(Effect.mapError(() => missing))),
        writeFileString: (path, text) => Effect.sync(() => void (isDead() || texts.set(path, text))),
        rename: (from, to) => Effect.sync(() => void (isDead() || texts.set(to, texts.get(from) ?? "")))
      })
    })
  )
