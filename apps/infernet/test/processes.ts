/** The processes of this machine: who came from whom, and who still lives. */
import { existsSync, readdirSync, readFileSync } from "node:fs"

interface Process {
  readonly pid: number
  readonly parent: number
  readonly state: string
}

/** `812 (a name) S 1 …`: the name may hold anything, so what follows is counted from its last bracket. */
const fromProc = (pid: string): ReadonlyArray<Process> => {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8")
    const [state = "", parent] = text.slice(text.lastIndexOf(")") + 2).split(" ")
    return [{ pid: Number(pid), parent: Number(parent), state }]
  } catch {
    // It ended between the listing and the look.
    return []
  }
}

const fromPs = (): ReadonlyArray<Process> => {
  const { stdout } = Bun.spawnSync(["ps", "-axo", "pid=,ppid=,stat="])
  return stdout
    .toString()
    .split("\n")
    .flatMap((line) => {
      const [pid, parent, state] = line.trim().split(/\s+/)
      return pid && parent && state ? [{ pid: Number(pid), parent: Number(parent), state }] : []
    })
}

const all = (): ReadonlyArray<Process> =>
  existsSync("/proc/self/stat")
    ? readdirSync("/proc")
        .filter((name) => /^\d+$/.test(name))
        .flatMap(fromProc)
    : fromPs()

/** Everything that a process has started, and what that has. */
export const descendants = (pid: number): ReadonlyArray<number> => {
  const processes = all()
  const below = (parent: number): ReadonlyArray<number> =>
    processes.filter((process) => process.parent === parent).flatMap(({ pid }) => [pid, ...below(pid)])
  return below(pid)
}

/** Those that still run; one that has ended and that nobody has asked after does not. */
export const living = (pids: ReadonlyArray<number>): ReadonlyArray<number> => {
  const wanted = new Set(pids)
  return all()
    .filter(({ pid, state }) => wanted.has(pid) && !state.startsWith("Z"))
    .map(({ pid }) => pid)
}
