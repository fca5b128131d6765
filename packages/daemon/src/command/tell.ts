/** Tells the control plane what became of commands, each until it has answered. */
import type { CommandAck, CommandReport } from "@infernet/contract/Command"
import type { ControlPlaneId } from "@infernet/contract/Id"
import { Effect, type Latch } from "effect"
import { beforeTelling, slowly } from "../backoff.ts"
import type { ControlPlane, ControlPlaneRefused } from "../node/ControlPlane.ts"
import type { Task } from "./Tasks.ts"

export interface Telling {
  readonly controlPlane: ControlPlane["Service"]
  /** Rung when there may be something new to tell. */
  readonly bell: Latch.Latch
  /** The next task that has news. */
  readonly next: () => Task | undefined
  /** It was answered; `ack` is none where the control plane will not hear of it. */
  readonly answered: (task: Task, told: CommandReport, ack: CommandAck | undefined) => Effect.Effect<void>
}

/** Whether asking again will help, once the node is known again or its clock is right. */
const mayPass = ({ status }: ControlPlaneRefused): boolean => status === 401 || status === 403

export const run = Effect.fnUntraced(function* (id: ControlPlaneId, { answered, bell, controlPlane, next }: Telling) {
  let failures = 0
  while (true) {
    bell.closeUnsafe()
    const task = next()
    const news = task?.news
    if (task === undefined || news === undefined) {
      yield* bell.await
      continue
    }
    const result = yield* Effect.result(controlPlane.report(id, task.command.id, news))
    if (result._tag === "Success") {
      failures = 0
      yield* answered(task, news, result.success)
      continue
    }
    const error = result.failure
    if (error._tag === "ControlPlaneAway") {
      yield* Effect.logInfo("a command's report waits", { command: task.command.id, reason: error.message })
      yield* beforeTelling(failures++)
      continue
    }
    yield* Effect.logWarning("a command's report was refused", { command: task.command.id, reason: error.message })
    if (mayPass(error)) yield* slowly
    else yield* answered(task, news, undefined)
  }
})
