/** The commands this node knows of, from their arrival until the control plane has stopped repeating them. */
import type { Command, CommandReport } from "@infernet/contract/Command"
import type { CommandId } from "@infernet/contract/Id"
import type { Installation } from "./Installs.ts"
import type { Entry } from "./Journal.ts"

/** How many may be under way, and how many that are over are remembered: they may be repeated once more. */
const most = { underWay: 64, over: 64 }

export class Task {
  readonly command: Command
  /** How often it was begun, by this process and those before it. */
  starts: number
  end: CommandReport | undefined
  /** The control plane has answered how it ended; before that, whether it has that it runs. */
  told: boolean
  heard = false
  installation: Installation | undefined

  constructor({ command, end, starts, told }: Entry) {
    this.command = command
    this.starts = starts
    this.end = end
    this.told = told
  }

  get isOver(): boolean {
    return this.end !== undefined
  }

  /** What the control plane does not know yet. */
  get news(): CommandReport | undefined {
    if (this.end !== undefined) return this.told ? undefined : this.end
    if (this.heard) return undefined
    const progress = this.installation?.progress()
    return { state: "running", ...(progress && { progress }) }
  }

  get entry(): Entry {
    const { command, end, starts, told } = this
    return { command, starts, told, ...(end && { end }) }
  }
}

export class Tasks {
  readonly #tasks = new Map<CommandId, Task>()

  constructor(entries: ReadonlyArray<Entry>) {
    for (const entry of entries) this.#tasks.set(entry.command.id, new Task(entry))
  }

  get all(): ReadonlyArray<Task> {
    return [...this.#tasks.values()]
  }

  /** One of which the control plane does not know all. */
  get next(): Task | undefined {
    return this.all.find(({ news }) => news !== undefined)
  }

  get(id: CommandId): Task | undefined {
    return this.#tasks.get(id)
  }

  /** None when as many are under way as may be: the command comes again. */
  add(command: Command): Task | undefined {
    if (this.all.filter(({ news, isOver }) => !isOver || news !== undefined).length >= most.underWay) return undefined
    const task = new Task({ command, starts: 0, told: false })
    this.#tasks.set(command.id, task)
    return task
  }

  /** What is worth keeping; of what is over and told the oldest is forgotten. */
  entries(): ReadonlyArray<Entry> {
    const told = this.all.filter(({ told }) => told)
    for (const { command } of told.slice(0, Math.max(0, told.length - most.over))) this.#tasks.delete(command.id)
    return this.all.map(({ entry }) => entry)
  }
}
