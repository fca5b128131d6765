/** One open link: what each message of the control plane does here. */
import { close, type NodeMessage, type Welcome } from "@infernet/contract/Link"
import type { Commands } from "../command/Commands.ts"
import { Intake } from "../job/Intake.ts"
import type { Jobs } from "../job/Jobs.ts"
import type { Bills } from "../receipt/Bills.ts"
import type { Vouchers } from "../receipt/Vouchers.ts"
import { type ReadableMessage, read } from "./frames.ts"
import type { LinkListener, LinkSocket } from "./LinkTransport.ts"
import { LinkWriter } from "./LinkWriter.ts"

export interface SessionOptions {
  readonly jobs: Jobs["Service"]
  readonly now: () => number
  /** Asks for `writer.flush()` soon. */
  readonly ring: () => void
  readonly welcomed: (welcome: Welcome) => void
  readonly commands: Commands["Service"]
  readonly bills: Bills["Service"]
  readonly vouchers: Vouchers["Service"]
}

/** Plain synchronous code: a message costs no fiber. */
export class Session implements LinkListener {
  readonly writer: LinkWriter
  /** When the control plane was last heard, by `now`. */
  heardAt: number
  readonly #options: SessionOptions
  readonly #intake: Intake
  #isWelcome = false
  /** Once it is welcome, answers to bills go over it. */
  #detach: (() => void) | undefined

  constructor(socket: LinkSocket, options: SessionOptions) {
    this.#options = options
    this.heardAt = options.now()
    this.writer = new LinkWriter(socket, options.ring)
    this.#intake = new Intake(options.jobs, options.vouchers, this.writer)
  }

  send(message: NodeMessage): void {
    this.writer.message(message)
  }

  readonly message = (data: string | Uint8Array): void => {
    this.heardAt = this.#options.now()
    const messages = read(data)
    if (typeof messages === "string") return this.writer.close(close.malformed, messages)
    for (const message of messages) {
      // One of the messages before may have closed the link.
      if (!this.writer.open) return
      this.#take(message)
    }
  }

  readonly closed = (): void => {
    this.writer.closed()
    this.#detach?.()
    this.#options.jobs.unbind(this.writer)
  }

  #take(message: ReadableMessage): void {
    const { bills, commands, jobs, vouchers } = this.#options
    switch (message.type) {
      case "welcome":
        return this.#welcome(message)
      case "job":
        return this.#intake.job(message)
      case "part":
        return this.#intake.part(message)
      case "credit":
        return jobs.credit(message.attempt, message.seq)
      case "ack":
        return jobs.drop(message.attempt)
      case "cancel":
        return this.#intake.cancel(message.attempt) ? undefined : jobs.cancel(message.attempt)
      case "command":
        return commands.take(message.command)
      case "channel":
        return vouchers.channel(message.domain, message.terms)
      case "bill":
        return bills.offer(message)
      case "countersigned":
        return bills.countersigned(message)
      case "drain":
        return commands.drain(true)
      case "ping":
        return this.writer.message({ type: "pong" })
      case "pong":
        return undefined
    }
  }

  // An attempt named in neither list runs on: a control plane that has just started may not know yet that it wants it.
  #welcome(welcome: Welcome): void {
    const { jobs, welcomed } = this.#options
    if (this.#isWelcome) return this.writer.close(close.malformed, "a second welcome")
    this.#isWelcome = true
    for (const attempt of welcome.cancel) {
      jobs.cancel(attempt)
      jobs.drop(attempt)
    }
    for (const { after, attempt, binding } of welcome.resume) {
      // What the attempts before have sent may have closed the link.
      if (!this.writer.open) return
      const impossible = jobs.resume(attempt, this.writer, binding, after)
      if (impossible !== undefined) return this.writer.close(close.malformed, impossible)
    }
    this.#detach = this.#options.bills.attach((answer) => this.writer.message(answer))
    welcomed(welcome)
  }
}
