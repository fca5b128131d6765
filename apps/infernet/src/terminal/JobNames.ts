/** Which job an attempt is of, for events that only name the attempt. */
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"

export interface JobName {
  readonly job: string
  readonly model: string
}

/** More than a link has attempts: what was begun and never seen to end is forgotten in time. */
const remembered = 1024

export class JobNames {
  readonly #jobs = new Map<string, JobName>()

  /** Takes note of what an event begins. */
  begun(event: DaemonEvent): void {
    if (event.type !== "job_received") return
    const oldest = this.#jobs.size >= remembered ? this.#jobs.keys().next().value : undefined
    if (oldest !== undefined) this.#jobs.delete(oldest)
    this.#jobs.set(event.attempt, { job: event.job, model: event.model })
  }

  of(attempt: string): JobName {
    return this.#jobs.get(attempt) ?? { job: attempt, model: "" }
  }

  /** Forgets what an event has ended. */
  ended(event: DaemonEvent): void {
    if (event.type === "job_done" || event.type === "job_failed") this.#jobs.delete(event.attempt)
  }
}
