/** What a node does for the person at its machine, on the socket in its home: its backends, models that come and go. */
import { CommandError, CommandProgress, Sha256 } from "@infernet/contract/Command"
import { BackendKind, ModelOffer } from "@infernet/contract/Node"
import type { ModelSource } from "@infernet/backend/install/Install"
import { Schema } from "effect"
import { HttpApi, HttpApiEndpoint, HttpApiGroup, HttpApiSchema } from "effect/http-api"

/** What was found at one address of the plan; see `Verdict` of the backends. */
export const BackendView = Schema.Struct({
  kind: BackendKind,
  address: Schema.String,
  version: Schema.optionalKey(Schema.String),
  models: Schema.Array(ModelOffer),
  used: Schema.Boolean,
  reason: Schema.String
})
export type BackendView = typeof BackendView.Type

/** A GGUF file in the folder of the home. */
export const FileView = Schema.Struct({
  name: Schema.String,
  bytes: Schema.Int,
  /** `org/name/file.gguf`, an address, or how else it came; none for one put there by hand. */
  source: Schema.optionalKey(Schema.String)
})

export const MachineModels = Schema.Struct({ offers: Schema.Array(ModelOffer), files: Schema.Array(FileView) })
export type MachineModels = typeof MachineModels.Type

const text = Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(4096))
const sha256 = Schema.optionalKey(Sha256)

export const Source = Schema.Union([
  Schema.TaggedStruct("Library", { name: text }),
  Schema.TaggedStruct("HuggingFace", { repository: text, file: text, sha256 }),
  Schema.TaggedStruct("Url", { url: text, sha256 }),
  Schema.TaggedStruct("Path", { path: text })
])

/** A checksum that nobody gave is a field that is not there. */
export const wireOf = (source: ModelSource): typeof Source.Type => {
  if (source._tag !== "HuggingFace" && source._tag !== "Url") return source
  const { sha256, ...rest } = source
  return sha256 === undefined ? rest : { ...rest, sha256 }
}

export const sourceOf = (wire: typeof Source.Type): ModelSource =>
  wire._tag === "HuggingFace" || wire._tag === "Url" ? { ...wire, sha256: wire.sha256 } : wire

/** How an installation or removal goes on: `Started`, then `Progress` at most twice a second, then one of the others. */
export const InstallEvent = Schema.Union([
  Schema.TaggedStruct("Started", { id: Schema.Int, model: Schema.String }),
  Schema.TaggedStruct("Progress", { progress: CommandProgress }),
  /** `model` is the name under which it is offered from now on, or was until now. */
  Schema.TaggedStruct("Done", { model: Schema.String }),
  Schema.TaggedStruct("Failed", { reason: CommandError, message: Schema.String }),
  /** Cancelled, or the node is stopping. */
  Schema.TaggedStruct("Stopped", {})
])
export type InstallEvent = typeof InstallEvent.Type

export const InstallView = Schema.Struct({
  id: Schema.Int,
  model: Schema.String,
  /** None while it waits for those before it. */
  progress: Schema.optionalKey(CommandProgress)
})

const events = HttpApiSchema.StreamSse({ data: InstallEvent })
const params = { id: Schema.FiniteFromString.check(Schema.isInt()) }

export class MachineGroup extends HttpApiGroup.make("machine").add(
  HttpApiEndpoint.get("backends", "/machine/backends", {
    success: Schema.Struct({ backends: Schema.Array(BackendView) })
  }),
  HttpApiEndpoint.get("models", "/machine/models", { success: MachineModels }),
  HttpApiEndpoint.get("installs", "/machine/installs", {
    success: Schema.Struct({ installs: Schema.Array(InstallView) })
  }),
  /** Goes on when its reader leaves: only `cancel` stops it. */
  HttpApiEndpoint.post("install", "/machine/installs", {
    payload: Schema.Struct({ source: Source, to: Schema.optionalKey(BackendKind) }),
    success: events
  }),
  /** `Stopped` alone where there is none of this number any more. */
  HttpApiEndpoint.get("watch", "/machine/installs/:id", { params, success: events }),
  HttpApiEndpoint.delete("cancel", "/machine/installs/:id", {
    params,
    success: Schema.Struct({ cancelled: Schema.Boolean })
  }),
  HttpApiEndpoint.post("remove", "/machine/removals", { payload: Schema.Struct({ model: text }), success: events })
) {}

export class MachineApi extends HttpApi.make("infernet-machine").add(MachineGroup) {}
