/**
 * Rows of open jobs that nobody runs. A submission whose answer was lost on its way from the database is stored, though
 * its client was told to try again: with its key the client gets the job, else the row ends as the job would have.
 */
import { DateTime, type Duration } from "effect"
import type { JobId } from "@infernet/contract/Id"
import type { Ending, OpenJob } from "./JobStore.ts"

const final = {
  status: "failed",
  error: "timeout",
  message: "nobody ran the job: it could not be told that it was stored",
  log: null
} as const

/** How those end that were to have said something `within` a time that is over. */
export const endings = (
  open: ReadonlyArray<OpenJob>,
  isLive: (id: JobId) => boolean,
  at: DateTime.Utc,
  within: Duration.Duration
): ReadonlyArray<Ending> => {
  const due = DateTime.subtractDuration(at, within)
  return open
    .filter(({ createdAt, id }) => !isLive(id) && DateTime.isLessThan(createdAt, due))
    .map(({ fence, id }) => ({ attempt: null, job: id, fence, usage: null, firstTokenAt: null, at, final, bill: null }))
}
