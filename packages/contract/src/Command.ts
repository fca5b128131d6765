/**
 * What an operator asks of a node from afar: stored by the control plane, repeated until the node has reported on it.
 *
 * ```
 *   pending ──▶ running ──▶ completed | failed | cancelled
 *      └──────────┴── no word of the node for 24 h ──▶ expired
 * ```
 *
 * The first end is the end: whatever is said of a command afterwards changes nothing.
 */
import { Schema } from "effect"
import { ModelName } from "./Chat.ts"
import { CommandId, NodeId } from "./Id.ts"
import { printable } from "./Text.ts"

const bytes = Schema.Int.check(Schema.isGreaterThanOrEqualTo(0))
const sentence = Schema.String.check(Schema.isMaxLength(2048))

export const CommandKind = Schema.Literals(["model_install", "model_remove", "drain", "resume"])
export type CommandKind = typeof CommandKind.Type

/** A file's SHA-256 in lower-case hexadecimal. */
export const Sha256 = Schema.String.check(
  Schema.isPattern(/^[0-9a-f]{64}$/, { message: "expected a SHA-256 as 64 lower-case hexadecimal digits" })
)

/** One GGUF file of a Hugging Face repository; its checksum is demanded of whoever is not at the machine. */
const file = {
  file: Schema.optionalKey(Schema.String.check(Schema.isMinLength(1), Schema.isMaxLength(512), printable)),
  sha256: Schema.optionalKey(Sha256)
}

/** Body of `POST /api/v1/nodes/:id/commands`: a library model (`qwen3:4b`), or a repository with `file` and `sha256`. */
export const IssueCommand = Schema.Struct({ kind: CommandKind, model: Schema.optionalKey(ModelName), ...file })
export type IssueCommand = typeof IssueCommand.Type

export const Command = Schema.Struct({
  id: CommandId,
  kind: CommandKind,
  model: Schema.optionalKey(ModelName),
  ...file,
  /** The operator has changed their mind: stop it, and report `cancelled`. */
  cancelled: Schema.optionalKey(Schema.Boolean)
})
export type Command = typeof Command.Type

export const CommandState = Schema.Literals(["pending", "running", "completed", "failed", "cancelled", "expired"])
export type CommandState = typeof CommandState.Type

/** Where an installation is; sent at most twice a second. */
export const CommandProgress = Schema.Struct({
  phase: Schema.Literals(["checking", "downloading", "verifying", "loading", "removing"]),
  completed_bytes: Schema.optionalKey(bytes),
  total_bytes: Schema.optionalKey(bytes),
  bytes_per_second: Schema.optionalKey(bytes)
})
export type CommandProgress = typeof CommandProgress.Type

/** Why a model was not installed or removed; with it goes a sentence that says what to do. */
export const CommandError = Schema.Literals([
  /** No such model, repository or file. */
  "not_found",
  /** Memory or disk would not hold it. */
  "does_not_fit",
  /** This node's backends, or its operator's policy, do not do this. */
  "unsupported",
  "not_allowed",
  /** What came is not what the checksum says. */
  "checksum_mismatch",
  /** The library or the backend could not be reached. */
  "unreachable",
  "failed"
])
export type CommandError = typeof CommandError.Type

/** Body of `POST /api/v1/nodes/:id/commands/:command`, signed by the node. The first one also says that it arrived. */
export const CommandReport = Schema.Struct({
  state: Schema.Literals(["running", "completed", "failed", "cancelled"]),
  progress: Schema.optionalKey(CommandProgress),
  error: Schema.optionalKey(CommandError),
  error_message: Schema.optionalKey(sentence)
})
export type CommandReport = typeof CommandReport.Type

/** What the control plane answers a report with: an end that the node does not know of is a reason to stop. */
export const CommandAck = Schema.Struct({
  state: CommandState,
  /** The operator has asked for it to be stopped. */
  cancelled: Schema.optionalKey(Schema.Boolean)
})
export type CommandAck = typeof CommandAck.Type

/** A command as its operator sees it. */
export const CommandView = Schema.Struct({
  id: CommandId,
  node_id: NodeId,
  kind: CommandKind,
  model: Schema.optionalKey(ModelName),
  ...file,
  state: CommandState,
  /** It was asked to stop, and the node has not said yet that it has. */
  cancelled: Schema.optionalKey(Schema.Boolean),
  /** While it runs. */
  progress: Schema.optionalKey(CommandProgress),
  error: Schema.optionalKey(CommandError),
  error_message: Schema.optionalKey(sentence),
  created_at: Schema.String,
  started_at: Schema.optionalKey(Schema.String),
  finished_at: Schema.optionalKey(Schema.String)
})
export type CommandView = typeof CommandView.Type
