/** The control plane's end of links, in memory: keeps what came, says what it is told to, and cuts when asked. */
import type { NodeMessage, PlaneMessage } from "@infernet/contract/Link"
import { decode, type LinkRecord } from "@infernet/contract/LinkRecord"
import { type Closed, type LinkListener, LinkTransport, LinkUnavailable } from "@infernet/daemon/link/LinkTransport"
import { Effect } from "effect"

export class PlaneLink {
  readonly messages: Array<NodeMessage> = []
  readonly frames: Array<ReadonlyArray<LinkRecord>> = []
  /** How the node closed it, if it did. */
  closed: Closed | undefined
  readonly #deliver: (data: string | Uint8Array) => void
  readonly #end: (closed: Closed) => void

  constructor(deliver: (data: string | Uint8Array) => void, end: (closed: Closed) => void) {
    this.#deliver = deliver
    this.#end = end
  }

  get records(): ReadonlyArray<LinkRecord> {
    return this.frames.flat()
  }

  /** What the node said of this kind, in order. */
  said<T extends NodeMessage["type"]>(type: T): ReadonlyArray<Extract<NodeMessage, { type: T }>> {
    return this.messages.filter((message): message is Extract<NodeMessage, { type: T }> => message.type === type)
  }

  send(...messages: ReadonlyArray<PlaneMessage>): void {
    this.#deliver(JSON.stringify(messages))
  }

  raw(data: string | Uint8Array): void {
    this.#deliver(data)
  }

  cut(code = 1006, reason = "cut"): void {
    this.#end({ code, reason })
  }
}

export interface Reaction {
  readonly opened?: (link: PlaneLink) => void
  readonly said?: (link: PlaneLink, message: NodeMessage) => void
  readonly produced?: (link: PlaneLink, records: ReadonlyArray<LinkRecord>) => void
  /** Whether the next frame, in either direction, gets through; the first that does not ends its link. */
  readonly passes?: () => boolean
}

export class FakePlane {
  readonly links: Array<PlaneLink> = []
  /** While true, no link opens. */
  away = false
  /** While true, opening a link dies of a bug. */
  broken = false
  /** How often a link was tried, opened or not. */
  tries = 0
  readonly #reaction: Reaction

  constructor(reaction: Reaction = {}) {
    this.#reaction = reaction
  }

  /** The newest link. */
  get link(): PlaneLink {
    const link = this.links.at(-1)
    if (link === undefined) throw new Error("no link has opened yet")
    return link
  }

  readonly transport = LinkTransport.of({
    run: (_address, accept) =>
      Effect.callback<Closed, LinkUnavailable>((resume) => {
        this.tries++
        if (this.broken) return resume(Effect.die(new Error("a bug")))
        if (this.away) return resume(Effect.fail(new LinkUnavailable({ message: "away" })))
        const { opened, passes = () => true, produced, said } = this.#reaction
        let listener: LinkListener | undefined
        let open = true
        const end = (closed: Closed) => {
          if (!open) return
          open = false
          listener?.closed()
          resume(Effect.succeed(closed))
        }
        const through = (act: () => void) => {
          if (!open) return
          if (passes()) act()
          else end({ code: 1006, reason: "cut" })
        }
        const link = new PlaneLink((data) => through(() => listener?.message(data)), end)
        this.links.push(link)
        listener = accept({
          // What the plane answers comes later, as over a network, and never from inside the node's own call.
          sendText: (text) =>
            through(() => {
              const messages = JSON.parse(text) as ReadonlyArray<NodeMessage>
              link.messages.push(...messages)
              for (const message of messages) queueMicrotask(() => said?.(link, message))
            }),
          sendBinary: (bytes) =>
            through(() => {
              const records = decode(bytes)
              if (typeof records === "string") throw new Error(records)
              link.frames.push(records)
              queueMicrotask(() => produced?.(link, records))
            }),
          close: (code, reason) => {
            link.closed = { code, reason }
            end({ code, reason })
          }
        })
        opened?.(link)
        return Effect.sync(() => {
          link.closed ??= { code: 1001, reason: "" }
          end({ code: 1001, reason: "" })
        })
      })
  })
}
