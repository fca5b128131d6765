/** One attempt as the relay sees it: takes a node's records in order, into the job's log. Runs once a token. */
import type { AttemptId, NodeId } from "@infernet/contract/Id"
import { type AttemptFault, type Done, limits } from "@infernet/contract/Link"
import { headerBytes, type LinkRecord } from "@infernet/contract/LinkRecord"
import type { Usage } from "@infernet/contract/Chat"
import { Deferred, Effect } from "effect"
import type { JobLog } from "../job/JobLog.ts"
import { parseToolCallDelta } from "../job/toolCall.ts"
import type { Link } from "./Link.ts"

/** How an attempt ended. `Lost`: its node went away without a word. */
export type Outcome =
  | { readonly _tag: "Done"; readonly done: Done }
  | {
      readonly _tag: "Failed"
      readonly error: AttemptFault
      readonly message: string
      readonly usage: Usage | undefined
    }
  | { readonly _tag: "Lost" }

export class RelayAttempt {
  readonly id: AttemptId
  readonly node: NodeId
  /** The link it runs over now, and the number that stands for it there. */
  link: Link | undefined
  binding: number | undefined
  /** The last record taken. */
  seq = 0
  #bytes = 0
  #credited = 0
  readonly #log: JobLog
  readonly #onFirstContent: () => void
  readonly #outcome = Deferred.makeUnsafe<Outcome>()
  readonly #accepted = Deferred.makeUnsafe<void>()
  #ended = false
  #endedByNode = false
  #shown = false

  constructor(id: AttemptId, node: NodeId, log: JobLog, onFirstContent: () => void) {
    this.id = id
    this.node = node
    this.#log = log
    this.#onFirstContent = onFirstContent
  }

  /** Whether the client may have seen something of it. */
  get hasContent(): boolean {
    return this.seq > 0
  }

  get ended(): boolean {
    return this.#ended
  }

  /** The node itself has said how it ended: nothing more comes of it, and it waits for its ack. */
  get endedByNode(): boolean {
    return this.#endedByNode
  }

  get outcome(): Effect.Effect<Outcome> {
    return Deferred.await(this.#outcome)
  }

  get accepted(): Effect.Effect<void> {
    return Deferred.await(this.#accepted)
  }

  accept(): void {
    Deferred.doneUnsafe(this.#accepted, Effect.void)
  }

  /** Takes the next record; in words what was wrong with it, if anything. A record seen before is no error. */
  take(record: LinkRecord): string | undefined {
    if (this.#ended || record.seq <= this.seq) return undefined
    if (record.seq !== this.seq + 1) return `record ${record.seq} after record ${this.seq}`
    // As the node counts, or each would wait for the other: bytes on the wire.
    this.#bytes += headerBytes + Buffer.byteLength(record.text)
    // The node limits itself to this; twice the limit is a node that does not.
    if (this.#bytes > 2 * limits.outputBytesPerAttempt) return "output over the limit of an attempt"
    if (record.kind === "tool_call" && parseToolCallDelta(record.text) === undefined) return "malformed tool call"
    // Who produces has accepted.
    if (this.seq === 0) this.accept()
    this.seq = record.seq
    this.#log.append(record.kind, record.text)
    if (!this.#shown && record.text !== "") {
      this.#shown = true
      this.#onFirstContent()
    }
    return undefined
  }

  /** Whether it is time to grant more credit; asked after each frame. */
  creditDue(): boolean {
    if (this.#bytes - this.#credited < limits.creditBytes / 2) return false
    this.#credited = this.#bytes
    return true
  }

  /** Records come over this link from now on, under this number; it starts with full credit. */
  bind(link: Link, binding: number): void {
    this.link = link
    this.binding = binding
    this.#credited = this.#bytes
  }

  /** Only the first outcome counts. */
  end(outcome: Outcome): void {
    if (this.#ended) return
    this.#ended = true
    this.#endedByNode = outcome._tag !== "Lost"
    this.accept()
    Deferred.doneUnsafe(this.#outcome, Effect.succeed(outcome))
  }
}
