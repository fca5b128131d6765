/** Sends a command to a node and tells of it until the node has obeyed; Ctrl-C takes it back where that can be. */
import type { CommandView, IssueCommand } from "@infernet/contract/Command"
import type { NodeView } from "@infernet/contract/Node"
import { Console, Effect } from "effect"
import * as commands from "../../client/commands.ts"
import type { Target } from "../../client/Target.ts"
import { Failure } from "../../terminal/exit.ts"
import { during } from "../../terminal/progress.ts"
import { fitRow, rowWidth } from "../../terminal/style.ts"
import { keptOf, stepOf, stepText, troubleOf } from "./words.ts"

export interface Order {
  readonly target: Target
  readonly node: NodeView
  readonly asked: IssueCommand
  readonly json: boolean
}

const line = (event: Readonly<Record<string, unknown>>) => Console.log(JSON.stringify(event))

/** As `infernet model install` tells of an installation here. */
const endLine = (command: CommandView) => {
  const { error, model, state } = command
  if (state === "completed") return line({ type: "done", model })
  if (state === "cancelled") return line({ type: "stopped" })
  return line({ type: state, error, error_message: troubleOf(command) })
}

const jsonTeller = () => {
  let before = ""
  return ({ progress, state }: CommandView) =>
    Effect.suspend(() => {
      if (state !== "running" || progress === undefined) return Effect.void
      const text = JSON.stringify(progress)
      if (text === before) return Effect.void
      before = text
      return line({ type: "progress", ...progress })
    })
}

const everySeconds = 5
const wordWithin = "5 seconds"

/** Asks nothing: takes the command back, and gives the node a moment to say that it has stopped. */
const takeBack = Effect.fnUntraced(function* (target: Target, command: CommandView) {
  const cancelled = yield* commands.cancel(target, command)
  let last = cancelled
  const take = (command: CommandView) => Effect.sync(() => void (last = command))
  // A finalizer, in which a limit of time needs to be let interrupt.
  yield* Effect.timeoutOption(Effect.interruptible(commands.follow(target, cancelled, take)), wordWithin)
  return last
})

/** Where it stands after it was told to stop. */
const farewell = (command: CommandView): string => {
  const { kind, node_id, state } = command
  if (state === "cancelled") return `\nstopped: ${keptOf(kind)}`
  if (commands.isOpen(state)) {
    return `\nstopping: the node was told, and has not said yet that it has; see \`infernet command list ${node_id}\``
  }
  return `\ntoo late: ${troubleOf(command) ?? "it was done before"}`
}

const interrupted = ({ json, target }: Order, command: CommandView) => {
  const goesOn = (why: string) =>
    json
      ? line({ type: "left", error_message: why })
      : Console.log(`\n${why}; see \`infernet command list ${command.node_id}\``)
  if (command.kind === "drain" || command.kind === "resume") {
    return goesOn("it holds from now on, whether or not the node has heard of it yet")
  }
  return Effect.matchEffect(takeBack(target, command), {
    onSuccess: (last) => {
      if (!json) return Console.log(farewell(last))
      return commands.isOpen(last.state) ? line({ type: "stopping" }) : endLine(last)
    },
    onFailure: ({ message }) => goesOn(`it goes on, for it could not be cancelled: ${message}`)
  })
}

/** Gives the command as it was completed; every other end is a failure with the reason. */
export const obey = Effect.fnUntraced(function* (order: Order) {
  const { asked, json, node, target } = order
  // What was sent must be known, or Ctrl-C could not take it back.
  const end = yield* Effect.uninterruptibleMask((restore) =>
    Effect.gen(function* () {
      let command = yield* commands.issue(target, node.id, asked)
      if (json) yield* line({ type: "started", command: command.id, node: node.id, model: command.model })
      const said = json ? jsonTeller() : () => Effect.void
      const following = commands.follow(target, command, (now) => {
        command = now
        return said(now)
      })
      const text = (seconds: number) => fitRow(stepText(command, seconds, rowWidth()))
      return yield* restore(json ? following : during(() => stepOf(command), text, everySeconds)(following)).pipe(
        Effect.onInterrupt(() => Effect.suspend(() => interrupted(order, command)))
      )
    })
  )
  if (json) yield* endLine(end)
  const trouble = troubleOf(end)
  return trouble === undefined ? end : yield* new Failure({ message: trouble })
})
