/** One connection of a daemon to a control plane, which the network may cut or make deaf at any frame. */
import type { Link, LinkSocket as PlaneSocket } from "@infernet/control-plane/relay/Link"
import type { Closed, LinkListener, LinkSocket } from "@infernet/daemon/link/LinkTransport"
import type { Time } from "./Time.ts"
import { Wire } from "./Wire.ts"

/** `up` is from the node to the control plane. */
export type Direction = "up" | "down"

/**
 * What becomes of a frame. All but `passes` lose it:
 *
 * - `cut` ends the connection; what is in flight arrives before either end notices.
 * - `cut_losing` ends it, and what is in flight is lost as well.
 * - `cut_unheard` ends it for the node only: the control plane believes that it is open.
 * - `silence` loses all that follows in this direction too, and tells nobody.
 */
export type Fate = "passes" | "cut" | "cut_losing" | "cut_unheard" | "silence"

export interface ConnectionHooks {
  readonly fate: (direction: Direction) => Fate
  readonly arrived: (direction: Direction, data: string | Uint8Array) => void
  /** The control plane's answer to the upgrade request; none when there is nobody to answer. */
  readonly answer: (socket: PlaneSocket) => Link | undefined
  readonly opened: (socket: LinkSocket) => LinkListener
  /** The node's end is over; `undefined` when it never opened. */
  readonly ended: (closed: Closed | undefined) => void
}

export class Connection {
  #listener: LinkListener | undefined
  #link: Link | undefined
  #over = false
  readonly #up: Wire
  readonly #down: Wire
  readonly #hooks: ConnectionHooks

  constructor(time: Time, hooks: ConnectionHooks) {
    this.#up = new Wire(time)
    this.#down = new Wire(time)
    this.#hooks = hooks
  }

  /** Whether frames get through, both ways. */
  get isOpen(): boolean {
    if (this.#over || this.#up.isSilent || this.#down.isSilent) return false
    return this.#listener !== undefined && this.#link?.isClosed === false
  }

  open(): void {
    this.#up.send(() => {
      this.#link = this.#hooks.answer({
        sendText: (text) => this.#frame("down", text),
        close: (code, reason) => this.#say(this.#down, () => this.#end({ code, reason }))
      })
      if (this.#link === undefined) return this.#down.send(() => this.#end(undefined))
      this.#down.send(() => {
        if (this.#over) return
        this.#listener = this.#hooks.opened({
          sendText: (text) => this.#frame("up", text),
          sendBinary: (bytes) => this.#frame("up", bytes),
          close: (code, reason) => this.close(code, reason)
        })
      })
    })
  }

  /** The node closes its end. */
  close(code: number, reason: string): void {
    this.#say(this.#up, () => this.#link?.onClose(reason))
    this.#end({ code, reason })
  }

  silence(direction: Direction): void {
    this.#wire(direction).silence()
  }

  cut(how: { readonly losing?: boolean; readonly unheard?: boolean } = {}): void {
    if (how.losing === true) {
      this.#up.lose()
      this.#down.lose()
    }
    if (how.unheard === true) this.#up.silence()
    else this.#say(this.#up, () => this.#link?.onClose("cut"))
    this.#say(this.#down, () => this.#end({ code: 1006, reason: "cut" }))
  }

  /** The control plane's process is gone: it hears nothing more, not even that this is over. */
  orphan(): void {
    this.#link = undefined
    this.#up.silence()
    this.#say(this.#down, () => this.#end({ code: 1006, reason: "cut" }))
  }

  #wire(direction: Direction): Wire {
    return direction === "up" ? this.#up : this.#down
  }

  #frame(direction: Direction, data: string | Uint8Array): void {
    const wire = this.#wire(direction)
    if (wire.isSilent) return
    const fate = this.#hooks.fate(direction)
    if (fate === "silence") return wire.silence()
    if (fate !== "passes") return this.cut({ losing: fate === "cut_losing", unheard: fate === "cut_unheard" })
    wire.send(() => {
      const end = direction === "up" ? this.#link : this.#over ? undefined : this.#listener
      if (end === undefined) return
      this.#hooks.arrived(direction, data)
      if ("onMessage" in end) end.onMessage(data)
      else end.message(data)
    })
  }

  /** The last word in a direction. */
  #say(wire: Wire, word: () => void): void {
    wire.send(word)
    wire.silence()
  }

  #end(closed: Closed | undefined): void {
    if (this.#over) return
    this.#over = true
    this.#listener?.closed()
    this.#hooks.ended(closed)
  }
}
