/** The durable truth about commands. Each operation is atomic: it happens whole, once, or not at all. */
import type { Unavailable } from "@infernet/contract/ApiError"
import type {
  CommandError,
  CommandKind,
  CommandProgress,
  CommandReport,
  CommandState
} from "@infernet/contract/Command"
import type { AccountId, CommandId, NodeId } from "@infernet/contract/Id"
import { Context, type DateTime, type Effect, type Option } from "effect"

/** What is wanted; the same of one node twice is the same command while it is under way. */
export interface Wish {
  readonly kind: CommandKind
  readonly model: string | null
  readonly file: string | null
  readonly sha256: string | null
}

export interface NewCommand extends Wish {
  readonly id: CommandId
  readonly nodeId: NodeId
  readonly issuedBy: AccountId
  readonly idempotencyKey: string | null
  readonly createdAt: DateTime.Utc
  /** When it is given up, unless its node says something of it before. */
  readonly expiresAt: DateTime.Utc
}

export interface StoredCommand extends NewCommand {
  readonly state: CommandState
  /** It runs and was asked to stop. */
  readonly cancelled: boolean
  readonly progress: CommandProgress | null
  readonly error: CommandError | null
  readonly errorMessage: string | null
  readonly startedAt: DateTime.Utc | null
  readonly finishedAt: DateTime.Utc | null
}

export type Issued =
  | { readonly _tag: "Issued" | "Known"; readonly command: StoredCommand }
  /** The account has used the key for something else. Nothing was stored. */
  | { readonly _tag: "KeyUsed" }
  /** The node has `openLimit` commands to do. Nothing was stored. */
  | { readonly _tag: "Full" }

/** What became of a report or a cancellation: `changed` is false when the command had ended before. */
export interface Changed {
  readonly command: StoredCommand
  readonly changed: boolean
}

export interface Report {
  readonly node: NodeId
  readonly command: CommandId
  readonly report: CommandReport
  readonly at: DateTime.Utc
  readonly expiresAt: DateTime.Utc
}

/** Commands that a node may have to do at a time. */
export const openLimit = 64

export class CommandStore extends Context.Service<
  CommandStore,
  {
    /**
     * Stores the command, or finds it: by its key, else as one that wishes the same and is under way. With `drain` and
     * `resume` goes the node's flag, and the opposite one that no node has taken is cancelled: the last word counts.
     */
    readonly issue: (command: NewCommand) => Effect.Effect<Issued, Unavailable>
    /** Writes what the node said, unless the command has ended; none when it is not a command of this node. */
    readonly report: (report: Report) => Effect.Effect<Option.Option<Changed>, Unavailable>
    /** Ends a pending command, marks a running one. */
    readonly cancel: (
      node: NodeId,
      command: CommandId,
      at: DateTime.Utc
    ) => Effect.Effect<Option.Option<Changed>, Unavailable>
    /** Ends what is due by this time; answers what it ended. */
    readonly expire: (at: DateTime.Utc) => Effect.Effect<ReadonlyArray<StoredCommand>, Unavailable>
    /** Deletes what ended before this time. */
    readonly forget: (endedBefore: DateTime.Utc) => Effect.Effect<void, Unavailable>
    /** What the node has to do or does, oldest first. */
    readonly open: (node: NodeId) => Effect.Effect<ReadonlyArray<StoredCommand>, Unavailable>
    /** Newest first; those older than `before`. */
    readonly list: (query: {
      readonly node: NodeId
      readonly limit: number
      readonly before: CommandId | undefined
    }) => Effect.Effect<ReadonlyArray<StoredCommand>, Unavailable>
    readonly get: (node: NodeId, command: CommandId) => Effect.Effect<Option.Option<StoredCommand>, Unavailable>
  }
>()("@infernet/control-plane/command/CommandStore") {}

export const sameWish = (a: Wish, b: Wish): boolean =>
  a.kind === b.kind && a.model === b.model && a.file === b.file && a.sha256 === b.sha256

export const isOpen = ({ state }: Pick<StoredCommand, "state">): boolean => state === "pending" || state === "running"

/** What taking back means to a command of this kind: nothing for those of models. */
export const opposite: Partial<Record<CommandKind, CommandKind>> = { drain: "resume", resume: "drain" }
