/** What the daemon and the engine's process say to each other, over Bun's IPC. Types only: nothing to load in the child. */
import type { ChatRequest, FinishReason, Usage } from "@infernet/contract/Chat"
import type { AttemptFault } from "@infernet/contract/Link"
import type { RecordKind } from "@infernet/contract/LinkRecord"

/** Chats that run side by side, in one batch. */
export const slots = 4

/** Chats that may wait for a slot; one more is told that the engine is overloaded. */
export const waiting = 64

export type ToEngine =
  | { readonly type: "chat"; readonly id: number; readonly request: ChatRequest }
  | { readonly type: "cancel"; readonly id: number }

export type FromEngine =
  | { readonly type: "ready"; readonly version: string; readonly contextLength: number; readonly bytes: number }
  /** Pieces that came in one turn of the event loop, as one message. Their number is bounded by the context's length. */
  | { readonly type: "pieces"; readonly id: number; readonly pieces: ReadonlyArray<readonly [RecordKind, string]> }
  | { readonly type: "done"; readonly id: number; readonly finish_reason: FinishReason; readonly usage: Usage }
  | { readonly type: "failed"; readonly id: number; readonly fault: AttemptFault; readonly message: string }
