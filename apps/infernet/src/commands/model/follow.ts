/** An installation or removal told as it goes on: a bar for people, a line of JSON an event for programs. */
import type { CommandProgress } from "@infernet/contract/Command"
import { Console, Effect, type Stream } from "effect"
import * as Machine from "../../client/Machine.ts"
import type { InstallEvent } from "../../client/MachineApi.ts"
import { labelOf, progressText } from "../../terminal/bar.ts"
import { Failure } from "../../terminal/exit.ts"
import { during } from "../../terminal/progress.ts"
import { rowWidth } from "../../terminal/style.ts"

const jsonOf = (event: InstallEvent): unknown => {
  switch (event._tag) {
    case "Started":
      return { type: "started", model: event.model }
    case "Progress":
      return { type: "progress", ...event.progress }
    case "Done":
      return { type: "done", model: event.model }
    case "Failed":
      return { type: "failed", error: event.reason, error_message: event.message }
    case "Stopped":
      return { type: "stopped" }
  }
}

const everySeconds = 5

/** Gives the model's name in the end. `kept` says, when it is interrupted, what is left. */
export const follow = Effect.fnUntraced(function* (
  machine: Machine.Machine,
  events: Stream.Stream<InstallEvent, Machine.MachineError>,
  { json, kept }: { readonly json: boolean; readonly kept: string }
) {
  let progress: CommandProgress | undefined
  const tell = (event: InstallEvent) => {
    if (event._tag === "Progress") progress = event.progress
    return json ? Console.log(JSON.stringify(jsonOf(event))) : Effect.void
  }
  const text = (seconds: number) => progressText(progress, seconds, rowWidth())
  const following = Machine.follow(machine, events, tell)
  const end = yield* (json ? following : during(() => labelOf(progress), text, everySeconds)(following)).pipe(
    Effect.onInterrupt(() => Console.log(json ? JSON.stringify({ type: "stopped" }) : `\nstopped: ${kept}`))
  )
  if (end._tag === "Done") return end.model
  const message = end._tag === "Failed" ? end.message : `it was stopped, by somebody else or with the node: ${kept}`
  return yield* new Failure({ message })
})
