/**
 * One open link, from the first frame to the close.
 *
 *   opened ──hello──▶ live ──▶ closed
 *      └── anything else, or refused ──▶ closed
 *
 * Plain callbacks of the socket: control messages are decoded with their schema, output records go straight to their
 * attempts.
 */
import type { AttemptId, NodeId } from "@infernet/contract/Id"
import { close, type Hello, NodeMessage, nodeMessageTypes, type PlaneMessage } from "@infernet/contract/Link"
import * as LinkRecord from "@infernet/contract/LinkRecord"
import { Option, Schema } from "effect"
import type { RelayAttempt } from "./RelayAttempt.ts"

/** The part of a WebSocket that a link needs. */
export interface LinkSocket {
  readonly sendText: (text: string) => unknown
  readonly close: (code: number, reason: string) => void
}

export interface LinkHooks {
  /** The node has introduced itself; answer whether it may stay. */
  readonly hello: (link: Link, hello: Hello) => void
  readonly message: (link: Link, message: Exclude<NodeMessage, Hello>) => void
  readonly closed: (link: Link, reason: string) => void
}

const decodeMessage = Schema.decodeUnknownOption(NodeMessage)

export class Link {
  readonly node: NodeId
  /** Random per daemon process; set by `hello`. */
  instance: string | undefined
  /** When the last frame came, by `now`. */
  lastHeard: number
  readonly attempts = new Map<number, RelayAttempt>()
  /** The key it was opened with is the node's no more: what runs goes on, until a link of the new key takes it over. */
  retired = false
  #nextBinding = 1
  #closed = false
  readonly #socket: LinkSocket
  readonly #hooks: LinkHooks
  readonly #now: () => number

  /** `now` counts milliseconds and never goes back. */
  constructor(node: NodeId, socket: LinkSocket, hooks: LinkHooks, now: () => number) {
    this.node = node
    this.#socket = socket
    this.#hooks = hooks
    this.#now = now
    this.lastHeard = now()
  }

  get isClosed(): boolean {
    return this.#closed
  }

  send(...messages: ReadonlyArray<PlaneMessage>): void {
    if (!this.#closed && messages.length > 0) this.#socket.sendText(JSON.stringify(messages))
  }

  /** Gives the attempt, of which the node has so many records, its number on this link. */
  bind(attempt: RelayAttempt, produced: number): number {
    const binding = this.#nextBinding++
    attempt.bind(this, binding, produced)
    this.attempts.set(binding, attempt)
    return binding
  }

  /** No more records of the attempt can come: its end is behind them on the same socket. */
  unbind(id: AttemptId): void {
    for (const [binding, attempt] of this.attempts) {
      if (attempt.id === id) this.attempts.delete(binding)
    }
  }

  /** Closes from this side; `closed` is told at once, not when the other side agrees. */
  close(code: number, reason: string): void {
    if (this.#closed) return
    this.#socket.close(code, reason)
    this.onClose(reason)
  }

  onClose(reason: string): void {
    if (this.#closed) return
    this.#closed = true
    this.#hooks.closed(this, reason)
  }

  onMessage(data: string | Uint8Array): void {
    if (this.#closed) return
    this.lastHeard = this.#now()
    if (typeof data === "string") this.#onControl(data)
    else this.#onRecords(data)
  }

  #malformed(reason: string): void {
    this.close(close.malformed, reason)
  }

  #onRecords(frame: Uint8Array): void {
    if (this.instance === undefined) return this.#malformed("records before hello")
    const records = LinkRecord.decode(frame)
    if (typeof records === "string") return this.#malformed(records)
    // All or nothing: what came beyond its credit is shown to nobody, so that another node can still answer.
    const attempts: Array<RelayAttempt> = []
    for (const record of records) {
      const attempt = this.attempts.get(record.binding)
      if (attempt === undefined) return this.#malformed(`no attempt has number ${record.binding} on this link`)
      const fault = attempt.receive(record)
      if (fault !== undefined) return this.#malformed(`attempt ${attempt.id}: ${fault}`)
      attempts.push(attempt)
    }
    for (const [i, record] of records.entries()) {
      const fault = attempts[i]?.take(record)
      if (fault !== undefined) return this.#malformed(`attempt ${attempts[i]?.id}: ${fault}`)
    }
    for (const attempt of attempts) {
      if (attempt.creditDue()) this.send({ type: "credit", attempt: attempt.id, seq: attempt.seq })
    }
  }

  #onControl(text: string): void {
    let messages: unknown
    try {
      messages = JSON.parse(text)
    } catch {
      return this.#malformed("a text frame must be a JSON array of messages")
    }
    if (!Array.isArray(messages)) return this.#malformed("a text frame must be a JSON array of messages")
    for (const message of messages) {
      if (this.#closed) return
      const type: unknown = message?.type
      if (typeof type !== "string") return this.#malformed("a message without a type")
      if (!nodeMessageTypes.has(type)) continue
      const decoded = decodeMessage(message)
      if (Option.isNone(decoded)) return this.#malformed(`malformed message of type ${type}`)
      this.#onMessage(decoded.value)
    }
  }

  #onMessage(message: NodeMessage): void {
    if (message.type === "hello") {
      if (this.instance !== undefined) return this.#malformed("a second hello")
      this.instance = message.instance
      return this.#hooks.hello(this, message)
    }
    if (this.instance === undefined) return this.#malformed("the first message must be hello")
    if (message.type === "ping") return this.send({ type: "pong" })
    return this.#hooks.message(this, message)
  }
}
