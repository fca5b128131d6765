/** The network under the link: opens a WebSocket and hands its events to plain functions. */
import { Context, Data, type Effect } from "effect"

/** An open socket. Sending never blocks; what waits in it is bounded by the credit of the attempts. */
export interface LinkSocket {
  readonly sendText: (text: string) => void
  readonly sendBinary: (bytes: Uint8Array) => void
  /** Says goodbye and closes; `abrupt` does not wait for the peer, which may be gone. */
  readonly close: (code: number, reason: string, abrupt?: boolean) => void
}

export interface LinkListener {
  readonly message: (data: string | Uint8Array) => void
  readonly closed: () => void
}

export interface Closed {
  readonly code: number
  readonly reason: string
}

/** The link did not open; `message` says what is known of why. */
export class LinkUnavailable extends Data.TaggedError("LinkUnavailable")<{ readonly message: string }> {}

export interface LinkAddress {
  readonly url: string
  readonly headers: Readonly<Record<string, string>>
}

export class LinkTransport extends Context.Service<
  LinkTransport,
  {
    /**
     * Runs for the life of one socket and tells how it closed; interruption closes it.
     *
     * `accept` is called once, when the socket has opened and before its first message.
     */
    readonly run: (
      address: LinkAddress,
      accept: (socket: LinkSocket) => LinkListener
    ) => Effect.Effect<Closed, LinkUnavailable>
  }
>()("@infernet/daemon/link/LinkTransport") {}
