/** Notices that the `npx` which launched this process is gone: npm passes no signal on, so a kill would leave us running. */
import { Effect } from "effect"
import { readFileSync } from "node:fs"
import { howVariable } from "../run/Run.ts"

const read = (path: string): string => {
  try {
    return readFileSync(path, "utf8")
  } catch {
    return ""
  }
}

/** The parent of a process; none where the system does not tell (`/proc` is Linux's). */
const parentOf = (pid: number): number | undefined => {
  const fields = read(`/proc/${pid}/stat`).split(") ").at(-1)?.split(" ") ?? []
  return fields[1] === undefined ? undefined : Number(fields[1])
}

const isNpx = (pid: number): boolean => read(`/proc/${pid}/cmdline`).startsWith("npm exec")

/** From our parent up to npx; empty when there is none among the nearest eight. */
const ancestors = (): ReadonlyArray<number> => {
  const pids = [process.ppid]
  for (let pid: number | undefined = process.ppid; pid !== undefined && pid > 1 && pids.length <= 8;) {
    if (isNpx(pid)) return pids
    pid = parentOf(pid)
    if (pid !== undefined) pids.push(pid)
  }
  return []
}

/** What was started in the background, or by a service manager, is to outlive whoever typed the command. */
const isToStay = () => process.env[howVariable] !== undefined

/** Completes when a link of the chain to npx has broken; never where npx did not launch us. */
export const gone: Effect.Effect<void> = Effect.suspend(() => {
  const chain = isToStay() ? [] : ancestors()
  if (chain.length === 0) return Effect.never
  const isWhole = () => chain.every((pid, i) => i === chain.length - 1 || parentOf(pid) === chain[i + 1])
  return Effect.gen(function* () {
    while (isWhole()) yield* Effect.sleep("500 millis")
  })
})
