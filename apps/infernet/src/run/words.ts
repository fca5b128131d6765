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
