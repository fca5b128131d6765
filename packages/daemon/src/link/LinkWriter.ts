/** One link's outgoing side: joins output of all attempts into frames, and never lets a message overtake output. */
import { limits, type NodeMessage } from "@infernet/contract/Link"
import { encode, type LinkRecord } from "@infernet/contract/LinkRecord"
import type { LinkSocket } from "./LinkTransport.ts"

/** A frame is sent when it has grown to this, without waiting for the moment of joining to pass. */
const fullBytes = 64 << 10

/** Plain synchronous code: this runs once a token. */
export class LinkWriter {
  #records: Array<LinkRecord> = []
  #bytes = 0
  #open = true
  readonly #socket: LinkSocket
  readonly #ring: () => void

  /** `ring` asks for a `flush` within `limits.recordJoinMillis`; it is called when the first record is waiting. */
  constructor(socket: LinkSocket, ring: () => void) {
    this.#socket = socket
    this.#ring = ring
  }

  get open(): boolean {
    return this.#open
  }

  record(record: LinkRecord, bytes: number, atOnce: boolean): void {
    // Credit keeps a record under a quarter of a frame, so no joined frame passes its limit.
    if (this.#bytes + bytes > limits.frameBytes) this.flush()
    this.#records.push(record)
    this.#bytes += bytes
    if (atOnce || this.#bytes >= fullBytes) this.flush()
    else if (this.#records.length === 1) this.#ring()
  }

  message(message: NodeMessage): void {
    this.flush()
    if (this.#open) this.#socket.sendText(JSON.stringify([message]))
  }

  flush(): void {
    if (this.#records.length === 0) return
    const records = this.#records
    this.#records = []
    this.#bytes = 0
    if (this.#open) this.#socket.sendBinary(encode(records))
  }

  /** Closes from this side with a reason, e.g. after a malformed frame. */
  close(code: number, reason: string, abrupt = false): void {
    if (!this.#open) return
    this.flush()
    this.#open = false
    this.#socket.close(code, reason.slice(0, 120), abrupt)
  }

  /** The socket has closed: whatever is written from now on goes nowhere, for attempts keep their own records. */
  closed(): void {
    this.#open = false
    this.#records = []
    this.#bytes = 0
  }
}
