/** Jobs that wait for one of a few places, first come first served, and no more of them than may wait. */
import { waiting } from "./protocol.ts"

interface Numbered {
  readonly id: number
}

export interface Line<Job> {
  /** Runs the job once a place is free; `false` when too many wait already. */
  readonly join: (job: Job) => boolean
  /** Takes a job that waits out of the line. */
  readonly withdraw: (id: number) => void
}

/** @param run never rejects */
export const line = <Job extends Numbered, Place>(
  places: ReadonlyArray<Place>,
  run: (job: Job, place: Place) => Promise<void>
): Line<Job> => {
  const free = [...places]
  const queue: Array<Job> = []

  /** Runs one job after another for as long as any waits. */
  const work = async (place: Place): Promise<void> => {
    for (let job = queue.shift(); job !== undefined; job = queue.shift()) await run(job, place)
    // First in line: a conversation that goes on finds its prefix at the place used last.
    free.unshift(place)
  }

  /** Puts a free place to work on what has waited longest. */
  const next = (): void => {
    if (free.length > 0) void work(...(free.splice(0, 1) as [Place]))
  }

  return {
    join: (job) => {
      if (free.length === 0 && queue.length >= waiting) return false
      queue.push(job)
      next()
      return true
    },
    withdraw: (id) => {
      const at = queue.findIndex((job) => job.id === id)
      if (at !== -1) queue.splice(at, 1)
    }
  }
}
