/** What the operator asks of this node from afar; each is done once, however often and by whichever way it comes. */
import type { CommandId } from "@infernet/contract/Id"
import type { Command } from "@infernet/contract/Command"
import { Context, Effect, Layer } from "effect"
import { DaemonEvents } from "../DaemonEvents.ts"
import { Jobs } from "../job/Jobs.ts"

export class Commands extends Context.Service<
  Commands,
  {
    readonly take: (command: Command) => void
    /** Whether the operator wants this node to take new jobs, as the control plane has it stored. */
    readonly drain: (on: boolean) => void
  }
>()("@infernet/daemon/node/Commands") {
  static readonly layer = Layer.effect(
    Commands,
    Effect.gen(function* () {
      const events = yield* DaemonEvents
      const jobs = yield* Jobs
      // In order of arrival: the oldest is forgotten first, long after the control plane has stopped repeating it.
      const taken = new Set<CommandId>()

      const drain = (on: boolean) => {
        if (jobs.drain(on)) events.publish({ type: "draining", on })
      }
      const obey = ({ kind }: Command): string => {
        if (kind !== "drain" && kind !== "resume") return "this version of the node cannot do it from afar"
        drain(kind === "drain")
        return "done"
      }
      const take = (command: Command) => {
        if (taken.has(command.id)) return
        for (const oldest of taken) {
          if (taken.size < remembered) break
          taken.delete(oldest)
        }
        taken.add(command.id)
        events.publish({ type: "command", command, outcome: obey(command) })
      }
      return { take, drain }
    })
  )
}

const remembered = 256
