/** What is said of a process that serves from a home. */
import { Effect } from "effect"
import { Failure } from "../terminal/exit.ts"
import type { How, RunView } from "./RunApi.ts"

export const hows: Readonly<Record<How, string>> = {
  foreground: "in a terminal",
  detached: "in the background",
  service: "as a service"
}

/** Refuses to start a second one. */
export const isHere = (root: string, { how, pid }: RunView): Effect.Effect<never, Failure> => {
  const what = `${root} is in use already: what it runs is ${hows[how]}, pid ${pid}`
  const message = `${what} (see \`infernet status\`, \`infernet restart\`). For a second one set INFERNET_HOME`
  return Effect.fail(new Failure({ message }))
}

export const nothingRuns = (root: string): Failure =>
  new Failure({ message: `nothing runs from ${root}: start it with \`infernet start\`` })

/** `1 job`, `2 jobs`. */
export const counted = (jobs: number): string => `${jobs} ${jobs === 1 ? "job" : "jobs"}`

export interface Ended {
  /** Jobs when it was asked to end. */
  readonly running: number
  /** Of these, those that had not ended when their time was up; nobody knows where it was killed. */
  readonly cut: number | undefined
}

/** The same for programs; `jobs_cut` is null where nobody knows. */
export const jobsOf = ({ cut, running }: Ended) => ({ jobs_running: running, jobs_cut: cut ?? null })

/** What became of the jobs of a run that is over, to follow its number: ` after 2 jobs; 1 job had not ended`. */
export const endedJobs = ({ cut, running }: Ended): string => {
  if (cut === undefined) return ""
  const after = running > cut ? ` after ${counted(running - cut)}` : ""
  return cut > 0 ? `${after}; ${counted(cut)} had not ended` : after
}
