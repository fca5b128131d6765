/** One attempt as the relay sees it: takes a node's records in order, into the job's log. Runs once a token. */
import type { AttemptId, NodeId } from "@infernet/contract/Id"
import { kindOf } from "@infernet/contract/JobRequest"
import { type AttemptFault, type Done, limits, outputLimit } from "@infernet/contract/Link"
import { headerBytes, type LinkRecord } from "@infernet/contract/LinkRecord"
import type { Usage } from "@infernet/contract/Chat"
import { Deferred, Effect } from "effect"
import type { JobLog } from "../job/JobLog.ts"
import type { Link } from "./Link.ts"
import { malformation } from "./malformation.ts"
import type { Dispatch } from "./Relay.ts"

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

/** A node gets new credit when it has used up half of it. */
const grantAfter = limits.creditBytes / 2

const sizeOf = ({ text }: LinkRecord): number => headerBytes + Buffer.byteLength(text)

export class RelayAttempt {
  readonly id: AttemptId
  readonly node: NodeId
  /** The link it runs over now, and the number that stands for it there. */
  link: Link | undefined
  binding: number | undefined
  /** The last record taken. */
  seq = 0
  /** As the node counts, or each would wait for the other: bytes on the wire. All that was taken, */
  #bytes = 0
  /** what of it came since the last credit, */
  #taken = 0
  /** and what came in all since then, taken or not: what was seen before, or comes late, uses up credit too. */
  #received = 0
  /** Records that the node has of it, as it last said. */
  #produced = 0
  readonly #limit: number
  readonly #embeds: boolean
  readonly #log: JobLog
  readonly #onFirstContent: () => void
  readonly #outcome = Deferred.makeUnsafe<Outcome>()
  readonly #accepted = Deferred.makeUnsafe<void>()
  #ended = false
  #endedByNode = false
  #shown = false

  constructor({ attempt, log, node, onFirstContent, request }: Omit<Dispatch, "job">) {
    this.id = attempt
    this.node = node
    this.#limit = outputLimit(request)
    this.#embeds = kindOf(request) === "embedding"
    this.#log = log
    this.#onFirstContent = onFirstContent
  }

  /** Whether the client may have seen something of it: from here, or from an earlier process that had more of it. */
  get hasContent(): boolean {
    return this.seq > 0 || this.#produced > 0
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

  /**
   * Counts a record that came, before any of its frame is taken; in words what was wrong with it, if anything. What is
   * granted here reaches the node later than it counts here, so an honest one never has more on its way.
   */
  receive(record: LinkRecord): string | undefined {
    const [before, size] = [this.#received, sizeOf(record)]
    this.#received += size
    // As the node decides: in the first half of its credit, where it waits for no more of it, it may send any record.
    if (size <= limits.creditBytes && (before < grantAfter || this.#received <= limits.creditBytes)) return undefined
    return `sent ${this.#received} bytes since its last credit, ${limits.creditBytes} are allowed`
  }

  /** Takes the next record; in words what was wrong with it, if anything. A record seen before is no error. */
  take(record: LinkRecord): string | undefined {
    if (this.#ended || record.seq <= this.seq) return undefined
    if (record.seq !== this.seq + 1) return `record ${record.seq} after record ${this.seq}`
    const size = sizeOf(record)
    this.#bytes += size
    this.#taken += size
    if (this.#bytes > this.#limit) return "output over the limit of an attempt"
    const fault = malformation(record, this.#embeds)
    if (fault !== undefined) return fault
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
    if (this.#taken < grantAfter) return false
    this.#grant()
    return true
  }

  #grant(): void {
    this.#taken = 0
    this.#received = 0
  }

  /** Records come over this link from now on, under this number; it starts with full credit. */
  bind(link: Link, binding: number, produced: number): void {
    this.link = link
    this.binding = binding
    this.#produced = produced
    this.#grant()
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
