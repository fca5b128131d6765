/** The jobs this process remembers: those that run, and the ended ones whose logs may still be read. */
import type { JobId } from "@infernet/contract/Id"
import { Clock, Duration, Effect, Metric, Schedule } from "effect"
import type { LiveJob } from "./LiveJob.ts"

/** Memory for the logs of ended jobs, in bytes; past it the oldest are forgotten before their time. */
const endedBytesLimit = 256 * 1024 * 1024

const remembered = Metric.gauge("infernet_jobs_remembered", { description: "Jobs running or recently ended" })
const logBytes = Metric.gauge("infernet_job_log_bytes", { description: "Memory held by the logs of these jobs" })

export type LiveJobs = Effect.Success<ReturnType<typeof make>>

/** Ended logs are kept for `keptFor`. */
export const make = Effect.fnUntraced(function* (keptFor: Duration.Duration) {
  const clock = yield* Clock.Clock
  const jobs = new Map<JobId, LiveJob>()
  // In order of their end, and so of their expiry.
  const ended = new Map<JobId, { readonly expiresAt: number; readonly bytes: number }>()
  let endedBytes = 0

  const forgetOldest = (until: (expiresAt: number) => boolean) => {
    for (const [id, { bytes, expiresAt }] of ended) {
      if (until(expiresAt)) return
      ended.delete(id)
      jobs.delete(id)
      endedBytes -= bytes
    }
  }

  const sweep = Effect.gen(function* () {
    const now = clock.currentTimeMillisUnsafe()
    forgetOldest((expiresAt) => expiresAt > now)
    yield* Metric.update(remembered, jobs.size)
    const all = [...jobs.values()].reduce((sum, job) => sum + job.log.bytes, 0)
    yield* Metric.update(logBytes, all)
  })
  yield* sweep.pipe(Effect.repeat(Schedule.spaced("5 seconds")), Effect.forkScoped)

  return {
    get: (id: JobId): LiveJob | undefined => jobs.get(id),
    has: (id: JobId): boolean => jobs.has(id),
    /** Jobs that have not ended. */
    running: (): number => jobs.size - ended.size,
    add: (job: LiveJob): void => void jobs.set(job.id, job),
    /** It never became a job, or nobody will ask for it any more. */
    drop: (job: LiveJob): void => void jobs.delete(job.id),
    ended: (job: LiveJob): void => {
      const { bytes } = job.log
      ended.set(job.id, { expiresAt: clock.currentTimeMillisUnsafe() + Duration.toMillis(keptFor), bytes })
      endedBytes += bytes
      forgetOldest(() => endedBytes <= endedBytesLimit)
    }
  }
})
