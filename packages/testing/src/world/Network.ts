/** The network between daemons and a control plane: delays everything, and loses what the test tells it to. */
import type { NodeId } from "@infernet/contract/Id"
import { decode } from "@infernet/contract/LinkRecord"
import type { Link, LinkSocket as PlaneSocket } from "@infernet/control-plane/relay/Link"
import { type Closed, type LinkTransport, LinkUnavailable } from "@infernet/daemon/link/LinkTransport"
import { Effect } from "effect"
import { Connection, type Direction, type Fate } from "./Connection.ts"
import type { Time } from "./Time.ts"

export interface Frame {
  readonly node: NodeId
  readonly direction: Direction
  /** Counts the frames sent in this direction, over all connections, from 0. */
  readonly index: number
}

/** What the network reaches of a control plane. */
export interface Door {
  readonly accept: (node: NodeId, socket: PlaneSocket) => Link
}

/** A daemon's way into the network, gone with its process. */
export class Uplink {
  readonly connections = new Set<Connection>()
  /** The process is dead: nothing more comes of it. */
  dead = false
  readonly node: NodeId

  constructor(node: NodeId) {
    this.node = node
  }
}

export class Network {
  /** Whoever accepts links at the moment. */
  door: Door | undefined
  /** The fate of each frame as it is sent. */
  fate: (frame: Frame) => Fate = () => "passes"
  /** Called after each frame has arrived. */
  arrived: () => void = () => undefined
  /** Nodes from and to which nothing gets through. */
  readonly partitioned = new Set<NodeId>()
  readonly sent = { up: 0, down: 0 }
  readonly uplinks = new Set<Uplink>()
  readonly #time: Time
  readonly #note: (event: string) => void

  constructor(time: Time, note: (event: string) => void) {
    this.#time = time
    this.#note = note
  }

  /** The transport of one daemon process. */
  transport(uplink: Uplink): LinkTransport["Service"] {
    this.uplinks.add(uplink)
    return {
      run: (_address, accept) =>
        Effect.callback<Closed, LinkUnavailable>((resume) => {
          // A dead process waits for ever, and nobody hears of it.
          if (uplink.dead) return
          const connection = new Connection(this.#time, {
            fate: (direction) => this.#fateOf(uplink, direction),
            arrived: (direction, data) => {
              this.#note(`${uplink.node} ${direction} ${readable(data)}`)
              // After the frame was taken, not before.
              queueMicrotask(this.arrived)
            },
            answer: (socket) => this.door?.accept(uplink.node, socket),
            opened: accept,
            ended: (closed) => {
              uplink.connections.delete(connection)
              this.#note(`${uplink.node} link over ${closed?.code} ${closed?.reason}`)
              const refused = new LinkUnavailable({ message: "refused" })
              resume(closed === undefined ? Effect.fail(refused) : Effect.succeed(closed))
            }
          })
          uplink.connections.add(connection)
          if (this.partitioned.has(uplink.node)) this.#silence(connection)
          connection.open()
          return Effect.sync(() => connection.close(1001, "the node is stopping"))
        })
    }
  }

  /** All connections of the node that are there now. */
  connections(node: NodeId): ReadonlyArray<Connection> {
    return [...this.uplinks].filter((uplink) => uplink.node === node).flatMap(({ connections }) => [...connections])
  }

  /** The control plane's process is gone. */
  planeDied(): void {
    this.door = undefined
    for (const { connections } of this.uplinks) for (const connection of connections) connection.orphan()
  }

  /** A daemon's process is gone; `unheard` as when its machine lost power. */
  daemonDied(uplink: Uplink, unheard: boolean): void {
    uplink.dead = true
    this.uplinks.delete(uplink)
    for (const connection of uplink.connections) {
      if (unheard) this.#silence(connection)
      else connection.cut()
    }
  }

  #fateOf(uplink: Uplink, direction: Direction): Fate {
    const { node } = uplink
    const fate = this.fate({ node, direction, index: this.sent[direction]++ })
    // What TCP has lost it does not skip: a connection that lost a frame carries nothing more.
    const actual = this.partitioned.has(node) ? "silence" : fate
    if (actual !== "passes") this.#note(`${node} ${direction} ${actual}`)
    return actual
  }

  #silence(connection: Connection): void {
    connection.silence("up")
    connection.silence("down")
  }
}

const readable = (data: string | Uint8Array): string => (typeof data === "string" ? data : JSON.stringify(decode(data)))
