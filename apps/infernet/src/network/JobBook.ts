/** The jobs of one node as somebody watches them: those that run and the last that ended, never more than fit a screen. */
import type { DaemonEvent } from "@infernet/daemon/DaemonEvents"
import type { Jobs } from "@infernet/daemon/job/Jobs"
import type { EndedJob, LivePartOf, RunningJob } from "../client/LiveApi.ts"

/** More than a node runs at a time: what is older was lost from sight. */
const mostRunning = 1024
const shownRunning = 64
const shownEnded = 64

interface Row {
  readonly job: RunningJob
  /** It was not among the attempts at the last look: its end is on its way, or was missed. */
  readonly unseen: boolean
}

type Inflight = ReturnType<Jobs["Service"]["inflight"]>

export class JobBook {
  #completed = 0
  #failed = 0
  /** Of jobs that have ended. */
  #tokens = 0
  #running = new Map<string, Row>()
  #ended: ReadonlyArray<EndedJob> = []

  /** Writes down what happened at `now`, in milliseconds of the epoch; whether it was about a job. */
  take(event: DaemonEvent, now: number): boolean {
    switch (event.type) {
      case "job_received": {
        const { attempt, job, model } = event
        const oldest = this.#running.size >= mostRunning ? this.#running.keys().next().value : undefined
        if (oldest !== undefined) this.#running.delete(oldest)
        this.#running.set(attempt, { job: { attempt, job, model, started_at: now, tokens: 0 }, unseen: false })
        return true
      }
      case "job_streaming": {
        const row = this.#running.get(event.attempt)
        if (row === undefined) return false
        this.#running.set(event.attempt, { ...row, job: { ...row.job, first_token_ms: event.firstTokenMillis } })
        return true
      }
      case "job_done": {
        this.#completed += 1
        const { tokens, tokensPerSecond: tokens_per_second, totalMillis: total_ms } = event
        this.#end(event.attempt, now, tokens, () => ({ total_ms, tokens_per_second }))
        return true
      }
      case "job_failed": {
        this.#failed += 1
        const tokens = this.#running.get(event.attempt)?.job.tokens ?? 0
        const fault = { error: event.error, message: event.message }
        this.#end(event.attempt, now, tokens, ({ started_at }) => ({
          total_ms: Math.max(0, now - started_at),
          tokens_per_second: 0,
          fault
        }))
        return true
      }
      default:
        return false
    }
  }

  #end(
    attempt: string,
    ended_at: number,
    tokens: number,
    rest: (job: RunningJob) => Pick<EndedJob, "fault" | "tokens_per_second" | "total_ms">
  ): void {
    this.#tokens += tokens
    const job = this.#running.get(attempt)?.job
    this.#running.delete(attempt)
    if (job === undefined) return
    const ended = { attempt: job.attempt, job: job.job, model: job.model, ended_at, tokens, ...rest(job) }
    this.#ended = [ended, ...this.#ended].slice(0, shownEnded)
  }

  /** How far the attempts of the node are; a row without one twice running is of a job whose end was missed. */
  look(inflight: Inflight): void {
    const sent = new Map(inflight.map(({ attempt, seq }) => [attempt, seq]))
    for (const [attempt, { job, unseen }] of this.#running) {
      const tokens = sent.get(job.attempt)
      if (tokens !== undefined) this.#running.set(attempt, { job: { ...job, tokens }, unseen: false })
      else if (unseen) this.#running.delete(attempt)
      else this.#running.set(attempt, { job, unseen: true })
    }
  }

  view(): LivePartOf<"Jobs"> {
    const running = [...this.#running.values()].map(({ job }) => job)
    return {
      _tag: "Jobs",
      completed: this.#completed,
      failed: this.#failed,
      tokens: running.reduce((sum, { tokens }) => sum + tokens, this.#tokens),
      running: running.slice(0, shownRunning),
      running_count: running.length,
      ended: this.#ended
    }
  }
}
