/** The link over Bun's own WebSocket client. */
import { close as closeCode, limits } from "@infernet/contract/Link"
import { Effect, Layer } from "effect"
import { type Closed, type LinkListener, LinkTransport, LinkUnavailable } from "./LinkTransport.ts"

/** Bun's constructor and methods, which the browser's types, also in scope, do not have. */
const BunWebSocket = WebSocket as unknown as new (url: string, options: Bun.WebSocketOptions) => Bun.WebSocket

/** What credit lets all attempts have on their way, and room for what goes with it. */
const unreadBytes = limits.attemptsPerLink * limits.creditBytes + 16 * limits.frameBytes

const run: LinkTransport["Service"]["run"] = (address, accept) =>
  Effect.callback<Closed, LinkUnavailable>((resume) => {
    // Output is mostly text that is already small: compressing it costs more than it saves.
    const socket = new BunWebSocket(address.url, { headers: { ...address.headers }, perMessageDeflate: false })
    socket.binaryType = "arraybuffer"
    let listener: LinkListener | undefined
    let failure = "the connection was refused or cut"
    const close = (code: number, reason: string, abrupt = false) => {
      socket.close(code, reason)
      if (abrupt) socket.terminate()
      // It has ended for us: a peer that never answers the goodbye must not hold up the next link.
      listener?.closed()
      resume(Effect.succeed({ code, reason }))
    }
    // Answers to what needs no credit, such as pings, have no other bound than this.
    const send = (data: string | Uint8Array) => {
      socket.send(data)
      if (socket.bufferedAmount > unreadBytes) close(closeCode.silent, "what was sent is not read", true)
    }
    socket.addEventListener("open", () => {
      listener = accept({ sendText: send, sendBinary: send, close })
    })
    socket.addEventListener("message", ({ data }: MessageEvent<string | ArrayBuffer>) => {
      try {
        listener?.message(typeof data === "string" ? data : new Uint8Array(data))
      } catch (defect) {
        // A bug in what takes the message costs this link: thrown on from here, it would end the process.
        socket.terminate()
        listener?.closed()
        resume(Effect.die(defect))
      }
    })
    socket.addEventListener("error", (event) => {
      if (event instanceof ErrorEvent && event.message !== "") failure = event.message
    })
    socket.addEventListener("close", ({ code, reason }) => {
      listener?.closed()
      const unavailable = new LinkUnavailable({ message: failure })
      resume(listener === undefined ? Effect.fail(unavailable) : Effect.succeed({ code, reason }))
    })
    return Effect.sync(() => {
      listener?.closed()
      if (socket.readyState === WebSocket.OPEN) socket.close(closeCode.goingAway, "the node is stopping")
      else socket.terminate()
    })
  })

export const layer = Layer.succeed(LinkTransport, { run })
