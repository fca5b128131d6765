/** What a node does, as lines for its operator. */
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import { Option } from "effect"
import { dim, green, plain, yellow } from "./style.ts"

/** The line for an event; none for what only programs care about. */
export const of = (event: DaemonEvent): Option.Option<string> => {
  switch (event.type) {
    case "waiting":
      return Option.some(`${yellow("waiting")}  ${plain(event.reason)}`)
    case "refused":
      return Option.some(`${yellow("refused")}  ${plain(event.reason)}`)
    case "registered":
      return Option.some(`joined   control plane ${event.controlPlane}`)
    case "linked":
      return Option.some(`${green("link up")}  ${plain(event.replica)}`)
    case "link_lost":
      return Option.some(`${yellow("link down")}  ${plain(event.reason)}`)
    case "command":
      return Option.some(`command  ${event.command.kind} ${plain(event.outcome)}`)
    case "draining":
      return Option.some(event.on ? "draining: taking no new jobs" : "taking jobs again")
    case "job_received":
      return Option.some(`job      ${dim(event.attempt)}  ${plain(event.model)}`)
    case "job_streaming":
      return Option.none()
    case "job_done": {
      const rate = `${Math.round(event.tokensPerSecond)} tokens/s`
      return Option.some(
        `done     ${dim(event.attempt)}  ${event.tokens} tokens  ${rate}  ${Math.round(event.totalMillis)} ms`
      )
    }
    case "job_failed":
      return Option.some(`${yellow("failed")}   ${dim(event.attempt)}  ${event.error}: ${plain(event.message)}`)
  }
}
