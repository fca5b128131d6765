/** Which control plane this node has joined, in a file: no other may take its place unnoticed. */
import { ControlPlaneId } from "@infernet/contract/Id"
import * as refused from "@infernet/platform/refused"
import { Context, Data, Effect, FileSystem, Layer, Path, Schema } from "effect"

/** The address is answered by another control plane than the one joined at first. */
export class ControlPlaneChanged extends Data.TaggedError("ControlPlaneChanged")<{
  readonly pinned: ControlPlaneId
  readonly found: ControlPlaneId
  readonly path: string
}> {
  override get message() {
    return `this node has joined control plane ${this.pinned}, but ${this.found} answers at its address. If that is meant, delete ${this.path} and start again`
  }
}

/** The file cannot be read or written. */
export class PinError extends Data.TaggedError("PinError")<{ readonly message: string }> {}

const pinError = (path: string, why: string) =>
  new PinError({ message: `${path}, which names this node's control plane, cannot be used: ${why}` })

export class Pin extends Context.Service<
  Pin,
  {
    /** Passes for the control plane joined before; at the first time it is written down. */
    readonly check: (found: ControlPlaneId) => Effect.Effect<void, ControlPlaneChanged | PinError>
  }
>()("@infernet/daemon/node/Pin") {
  static readonly layerFile = (path: string) =>
    Layer.effect(
      Pin,
      Effect.suspend(() => make(path))
    )

  /** For a control plane of this very process, which nobody else can pass for; nothing is written down. */
  static readonly layerOwn = Layer.succeed(Pin, { check: () => Effect.void })
}

const make = Effect.fnUntraced(function* (path: string) {
  const fs = yield* FileSystem.FileSystem
  const folder = (yield* Path.Path).dirname(path)

  const read = fs.readFileString(path).pipe(
    Effect.map((text) => text.trim()),
    Effect.catchIf(
      ({ reason }) => reason._tag === "NotFound",
      () => Effect.undefined
    )
  )

  // Renamed into place, so that a crash leaves the old file or the new one.
  const write = (id: ControlPlaneId) =>
    fs
      .makeDirectory(folder, { recursive: true, mode: 0o700 })
      .pipe(
        Effect.andThen(fs.writeFileString(`${path}.new`, `${id}\n`, { mode: 0o600 })),
        Effect.andThen(fs.rename(`${path}.new`, path))
      )

  const check = Effect.fn("Pin.check")(
    function* (found: ControlPlaneId) {
      const text = yield* read
      if (text === undefined) return yield* write(found)
      const pinned = yield* Schema.decodeUnknownEffect(ControlPlaneId)(text)
      if (pinned !== found) return yield* new ControlPlaneChanged({ pinned, found, path })
    },
    Effect.catchTags({
      PlatformError: (error) => Effect.fail(pinError(path, refused.why(error))),
      SchemaError: () =>
        Effect.fail(pinError(path, "it holds no id. If this node may trust who answers now, delete it"))
    })
  )

  return Pin.of({ check })
})
