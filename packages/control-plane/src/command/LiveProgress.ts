/** How far commands have come, as told over links: in memory, for those commands only that are known to be under way. */
import type { CommandProgress } from "@infernet/contract/Command"
import type { CommandId, NodeId } from "@infernet/contract/Id"

/** How often progress is worth a write to the database, at most. */
const storeEveryMillis = 5_000

interface Live {
  progress: CommandProgress | undefined
  storedAt: number
}

/** Holds no more than the store has open commands. `now` counts milliseconds and never goes back. */
export class LiveProgress {
  readonly #nodes = new Map<NodeId, Map<CommandId, Live>>()

  /** These, and no others, are under way at the node. */
  follow(node: NodeId, commands: ReadonlyArray<CommandId>): void {
    const before = this.#nodes.get(node)
    if (commands.length === 0) return void this.#nodes.delete(node)
    this.#nodes.set(node, new Map(commands.map((id) => [id, before?.get(id) ?? fresh()])))
  }

  /** One more is under way. */
  add(node: NodeId, command: CommandId): void {
    const commands = this.#nodes.get(node) ?? new Map<CommandId, Live>()
    this.#nodes.set(node, commands)
    if (!commands.has(command)) commands.set(command, fresh())
  }

  forget(node: NodeId, command: CommandId): void {
    const commands = this.#nodes.get(node)
    commands?.delete(command)
    if (commands?.size === 0) this.#nodes.delete(node)
  }

  /** Takes what a node says of its own command; whether it is time to store it as well. */
  take(node: NodeId, command: CommandId, progress: CommandProgress, now: number): boolean {
    const live = this.#nodes.get(node)?.get(command)
    if (live === undefined) return false
    live.progress = progress
    if (now - live.storedAt < storeEveryMillis) return false
    live.storedAt = now
    return true
  }

  of(node: NodeId, command: CommandId): CommandProgress | undefined {
    return this.#nodes.get(node)?.get(command)?.progress
  }
}

const fresh = (): Live => ({ progress: undefined, storedAt: Number.NEGATIVE_INFINITY })
